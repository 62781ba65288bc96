/*
 * A made-up history: history.h.
 */
#include "history.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/pool.h"

#define HISTORY_ZERO 1600000000 /* when it begins */

const char *const history_numbers[] = { "100", "200", "300" };

static unsigned
pick(struct history *h, unsigned n)
{
	h->luck ^= h->luck << 13;
	h->luck ^= h->luck >> 7;
	h->luck ^= h->luck << 17;
	return (unsigned)((h->luck >> 11) % n);
}

#define ONE_OF(h, ...)                                                         \
	((const char *const[]){ __VA_ARGS__ })[pick(                           \
	    h, (unsigned)(sizeof((const char *const[]){ __VA_ARGS__ }) /       \
			  sizeof(char *)))]

/* Who says something, and to which of our numbers. */
struct speaker {
	const char *number;
	const char *wa_id, *user_id, *parent, *group;
	const char *contact;	/* JSON, of contacts[] */
	const char *from, *to;	/* JSON members that name them */
	const char *phone, *id; /* the same by one of them alone */
	int64_t at;
};

/* "NAME":"VALUE", behind a comma; nothing for NULL. */
static const char *
member(struct history *h, const char *name, const char *value)
{
	return value == NULL
		   ? ""
		   : pool_printf(h->pool, ",\"%s\":\"%s\"", name, value);
}

static void
choose_speaker(struct history *h, struct speaker *s, unsigned i)
{
	unsigned who = pick(h, 4), shows = 1 + pick(h, 7), now = !pick(h, 3);

	*s = (struct speaker){ .number = history_numbers[pick(h, 6) / 2],
		/* messages of one second stand as they came: see rows.h */
		.at = HISTORY_ZERO + pick(h, 5) * 1000 + 10 * i };
	if (pick(h, 12) == 0)
		s->group = pick(h, 2) ? "g1" : "g2";
	if (shows & 1)
		s->wa_id =
		    who == 0 ? now ? "551187654321" : "5511987654321"
			     : pool_printf(h->pool, "4915100000%u%u", who, now);
	if (shows & 2)
		s->user_id = pool_printf(h->pool, "US.%u%u", who, now);
	if (shows & 4)
		s->parent = pool_printf(h->pool, "US.ENT.%u", who);
	s->phone = pool_printf(h->pool, "4915100000%u%u", who, now);
	s->id = pool_printf(h->pool, "US.%u%u", who, now);
	s->contact = pool_printf(h->pool, "{\"profile\":{\"x\":1%s%s}%s%s%s}",
	    member(h, "name", pick(h, 3) ? NULL : ONE_OF(h, "Ann", "Bob")),
	    member(h, "username", pick(h, 4) ? NULL : ONE_OF(h, "ann", "@bob")),
	    member(h, "wa_id", s->wa_id), member(h, "user_id", s->user_id),
	    member(h, "parent_user_id", s->parent));
	s->from = pool_printf(h->pool, "%s%s%s%s", member(h, "from", s->wa_id),
	    member(h, "from_user_id", s->user_id),
	    member(h, "from_parent_user_id", s->parent),
	    member(h, "group_id", s->group));
	s->to = pool_printf(h->pool, ",\"from\":\"15550%s\"%s%s%s%s", s->number,
	    member(h, "to", s->wa_id), member(h, "to_user_id", s->user_id),
	    member(h, "to_parent_user_id", s->parent),
	    member(h, "group_id", s->group));
}

/* A change with LIST as its array KEY. */
static const char *
change(struct history *h, const struct speaker *s, const char *field,
    const char *key, const char *list)
{
	return pool_printf(h->pool,
	    "{\"field\":\"%s\",\"value\":{"
	    "\"metadata\":{\"display_phone_number\":\"15550%s\","
	    "\"phone_number_id\":\"%s\"},\"contacts\":[%s],\"%s\":[%s]}}",
	    field, s->number, s->number, s->contact, key, list);
}

/* What a message says: its type, and the object of that name. */
static const char *
words(struct history *h, unsigned i)
{
	static const char *const says[] = {
		"\"text\",\"text\":{\"body\":\"words %u\"}",
		"\"text\",\"text\":{\"body\":\"more %u\"},\"context\":{"
		"\"from\":\"1\",\"id\":\"w1\",\"forwarded\":true}",
		"\"image\",\"image\":{\"id\":\"m%u\",\"caption\":\"c\","
		"\"mime_type\":\"image/png\",\"sha256\":\"x\"}",
		"\"video\",\"video\":{\"mime_type\":\"video/mp4\"}",
		"\"audio\",\"audio\":{\"id\":\"m%u\",\"voice\":true}",
		"\"voice\",\"voice\":{\"id\":\"m%u\"}",
		"\"document\",\"document\":{\"id\":\"m%u\",\"filename\":\"f\"}",
		"\"sticker\",\"sticker\":{\"id\":\"m%u\",\"animated\":false}",
		"\"location\",\"location\":{\"latitude\":1.%u,"
		"\"longitude\":2,\"name\":\"n\"}",
		"\"contacts\",\"contacts\":[{\"name\":{\"formatted_name\":"
		"\"N %u\"}}]",
		"\"interactive\",\"interactive\":{\"type\":\"button_reply\","
		"\"button_reply\":{\"id\":\"%u\",\"title\":\"Yes\"}}",
		"\"button\",\"button\":{\"text\":\"b%u\",\"payload\":\"p\"}",
		"\"order\",\"order\":{\"catalog_id\":\"%u\","
		"\"product_items\":[{\"quantity\":1}]}",
		"\"unsupported\",\"errors\":[{\"code\":131051,\"title\":"
		"\"t\",\"details\":\"%u\"}]",
		"\"request_welcome\"",
		"\"tomorrow\",\"tomorrow\":{\"n\":%u}",
		"\"system\",\"system\":{\"type\":\"customer_identity_changed\","
		"\"body\":\"%u\"}",
	};
	unsigned which = pick(h, sizeof(says) / sizeof(says[0]));
	struct buf b = { .pool = h->pool };
	const char *hole = strstr(says[which], "%u");

	if (hole == NULL)
		return says[which];
	buf_put(&b, says[which], (size_t)(hole - says[which]));
	buf_printf(&b, "%u%s", i, hole + 2);
	return buf_end(&b);
}

/* Any message that is no plain one: it points at another, or changes whom
 * the customer is known as. */
static const char *
deed(struct history *h, unsigned i)
{
	unsigned target = pick(h, i + 5), who = 1 + pick(h, 3);

	switch (pick(h, 6)) {
	case 0:
		return pool_printf(h->pool,
		    "\"edit\",\"edit\":{"
		    "\"original_message_id\":\"w%u\",\"message\":{\"type\":"
		    "\"text\",\"text\":{\"body\":\"edited %u\"}}}",
		    target, i);
	case 1:
		return pool_printf(h->pool,
		    "\"revoke\",\"revoke\":{"
		    "\"original_message_id\":\"w%u\"}",
		    target);
	case 2:
		return pool_printf(h->pool,
		    "\"system\",\"system\":{\"type\":"
		    "\"user_changed_number\",\"wa_id\":\"4915100000%u%u\"}",
		    who, pick(h, 2));
	case 3:
		return pool_printf(h->pool,
		    "\"system\",\"system\":{\"type\":"
		    "\"user_changed_user_id\",\"user_id\":\"US.%u0\","
		    "\"new_user_id\":\"US.%u1\"}",
		    who, who);
	default:
		return pool_printf(h->pool,
		    "\"reaction\",\"reaction\":{"
		    "\"message_id\":\"w%u\"%s}",
		    pick(h, 4), member(h, "emoji", ONE_OF(h, NULL, "A", "B")));
	}
}

static void
make_message(struct history *h, const struct speaker *s, unsigned i)
{
	const char *says = pick(h, 3) ? words(h, i) : deed(h, i);
	int echo = pick(h, 4) == 0, plain = strstr(says, "original_") == NULL &&
					    strstr(says, "reaction") == NULL &&
					    strstr(says, "system") == NULL;
	const char *message = pool_printf(h->pool,
	    "{\"id\":\"w%u\",\"timestamp\":\"%" PRId64 "\"%s,\"type\":", i,
	    s->at, echo ? s->to : s->from);

	h->fact[i] = change(h, s, echo ? "smb_message_echoes" : "messages",
	    echo ? "message_echoes" : "messages",
	    pool_printf(h->pool, "%s%s}", message, says));
	if (!plain || s->wa_id == NULL || pick(h, 3) != 0)
		return;
	/* History tells it too, or only that there was a file. */
	h->past[i] = change(h, s, "history", "history",
	    pool_printf(h->pool,
		"{\"threads\":[{\"id\":\"%s\",\"messages\":["
		"%s%s,\"history_context\":{\"status\":\"%s\"}}]}]}",
		s->wa_id, message, pick(h, 2) ? says : "\"media_placeholder\"",
		ONE_OF(h, "SENT", "READ", "PLAYED", "PENDING", "ERROR")));
	if (pick(h, 3) == 0)
		h->fact[i] = h->past[i];
}

/* The two that a member sent are known to it: rows.h makes them. */
static void
make_status(struct history *h, struct speaker *s, unsigned i)
{
	const char *word = ONE_OF(h, "sent", "delivered", "read", "played",
		       "failed", "warning", "tomorrow"),
		   *more = "";
	unsigned ours = pick(h, 4);

	if (ours <= 1)
		s->number = history_numbers[0];
	if (ours == 0)
		more = ",\"biz_opaque_callback_data\":\"waspool-1-2-5\"";
	if (strcmp(word, "failed") == 0)
		more = pool_printf(h->pool,
		    "%s,\"errors\":[{\"code\":%s,"
		    "\"title\":\"t\"}]",
		    more, ONE_OF(h, "131026", "131047", "131050"));
	h->fact[i] = change(h, s, "messages", "statuses",
	    pool_printf(h->pool,
		"{\"id\":\"%s\",\"status\":\"%s\","
		"\"timestamp\":\"%" PRId64 "\",\"recipient_id\":\"%s\"%s%s}",
		ours == 0   ? "api2"
		: ours == 1 ? "api1"
			    : pool_printf(h->pool, "w%u", pick(h, i + 5)),
		word, s->at, s->wa_id != NULL ? s->wa_id : "",
		pick(h, 5) ? ""
			   : ",\"recipient_type\":\"group\","
			     "\"recipient_participant_id\":\"491\"",
		more));
}

/* A call: that it rings, and as its past how it ended; now and then one shows
 * the account alone and the other the user id. */
static void
make_call(struct history *h, const struct speaker *s, unsigned i)
{
	int apart = s->group == NULL && pick(h, 3) == 0;
	const char *head = pool_printf(h->pool,
	    "{\"id\":\"wacid.%u\",\"timestamp\":\"%" PRId64 "\","
	    "\"direction\":\"USER_INITIATED\"",
	    i, s->at);
	struct speaker alone = *s;

	alone.contact = "{}";
	h->fact[i] = change(h, apart ? &alone : s, "calls", "calls",
	    pool_printf(h->pool, "%s,\"event\":\"connect\"%s}", head,
		apart ? member(h, "from", s->phone) : s->from));
	h->past[i] = change(h, apart ? &alone : s, "calls", "calls",
	    pool_printf(h->pool, "%s,\"event\":\"terminate\",%s%s}", head,
		ONE_OF(h, "\"status\":\"FAILED\"",
		    "\"status\":\"COMPLETED\",\"duration\":61"),
		apart ? member(h, "from_user_id", s->id) : s->from));
}

/* Who hides the phone gives one when asked: their own, or another's. */
static void
make_card(struct history *h, const struct speaker *s, unsigned i)
{
	struct speaker alone = *s;
	const char *account =
	    pick(h, 3)
		? pool_printf(h->pool, "4915100000%u%u", pick(h, 4), pick(h, 2))
		: ONE_OF(h, "551187654321", "5511987654321");

	alone.contact = "{}";
	h->fact[i] = change(h, &alone, "messages", "messages",
	    pool_printf(h->pool,
		"{\"id\":\"w%u\",\"timestamp\":\"%" PRId64 "\"%s,"
		"\"type\":\"contacts\",\"origin\":\"contact_request\","
		"\"contacts\":[{\"phones\":[{\"wa_id\":\"%s\"}]}]}",
		i, s->at, member(h, "from_user_id", s->id), account));
}

/* What happens in a group. */
static void
make_group(struct history *h, const struct speaker *s, unsigned i)
{
	const char *what =
	    ONE_OF(h, "\"type\":\"group_create\",\"subject\":\"Tea\"",
		"\"type\":\"group_settings_update\",\"group_subject\":{"
		"\"text\":\"Cake\",\"update_successful\":true}",
		"\"type\":\"group_delete\"", NULL);

	h->fact[i] = change(h, s, "group_lifecycle_update", "groups",
	    pool_printf(h->pool,
		"{\"timestamp\":\"%" PRId64 "\",\"group_id\":\"%s\",%s}", s->at,
		pick(h, 2) ? "g1" : "g2",
		what != NULL
		    ? what
		    : pool_printf(h->pool,
			  "\"type\":\"group_participants_add\","
			  "\"added_participants\":[{\"wa_id\":\"%s\"}]",
			  s->phone)));
}

/* Whether the customer wants marketing. */
static void
make_choice(struct history *h, const struct speaker *s, unsigned i)
{
	h->fact[i] = change(h, s, "user_preferences", "user_preferences",
	    pool_printf(h->pool,
		"{\"category\":\"marketing_messages\",\"value\":\"%s\","
		"\"timestamp\":\"%" PRId64 "\"%s%s}",
		ONE_OF(h, "stop", "resume", "signup", "tomorrow"), s->at,
		s->wa_id != NULL && pick(h, 4) != 0
		    ? pool_printf(h->pool, ",\"wa_id\":\"%s\"", s->wa_id)
		    : "",
		s->user_id != NULL && pick(h, 3) != 0
		    ? pool_printf(h->pool, ",\"user_id\":\"%s\"", s->user_id)
		    : ""));
}

/* The phone's address book. */
static void
make_entry(struct history *h, const struct speaker *s, unsigned i)
{
	int removed = pick(h, 4) == 0;

	h->fact[i] = change(h, s, "smb_app_state_sync", "state_sync",
	    pool_printf(h->pool,
		"{\"type\":\"contact\",\"action\":\"%s\",\"contact\":{"
		"\"phone_number\":\"%s\"%s},\"metadata\":{\"timestamp\":\""
		"%" PRId64 "\"}}",
		removed ? "remove" : "add",
		pick(h, 4) == 0 ? ONE_OF(h, "+55 11 98765-4321", "551187654321")
				: s->phone,
		removed ? ""
			: member(h, "full_name",
			      ONE_OF(h, "Rita", "Rita P.", "Otto")),
		s->at));
}

static void
make_other(struct history *h, const struct speaker *s, unsigned i)
{
	const char *list = pool_printf(h->pool,
	    "{\"wa_id\":\"%s\",\"n\":%u,"
	    "\"timestamp\":\"%" PRId64 "\",\"user_id\":{\"previous\":\"%s\","
	    "\"current\":\"US.new%u\"}}",
	    s->wa_id != NULL ? s->wa_id : "", pick(h, 6), s->at,
	    s->user_id != NULL ? s->user_id : "US.none", pick(h, 3));

	switch (pick(h, 8)) {
	case 0:
		make_choice(h, s, i);
		break;
	case 1:
		h->fact[i] = change(h, s, "messages", "errors", list);
		break;
	case 2:
		h->fact[i] = change(h, s, "messages", "calls", list);
		break;
	case 3:
		h->fact[i] = change(h, s, "account_update", "tomorrow", list);
		break;
	case 4:
		make_entry(h, s, i);
		break;
	case 5:
		h->fact[i] =
		    change(h, s, "group_participants_update", "groups", list);
		break;
	case 6:
		h->fact[i] =
		    change(h, s, "message_template_status_update", "x", list);
		break;
	default:
		h->fact[i] =
		    change(h, s, "user_id_update", "user_id_update", list);
	}
}

void
history_make(struct history *h, struct pool *pool, uint64_t seed)
{
	*h = (struct history){ .pool = pool,
		.luck = seed * UINT64_C(0x9e3779b97f4a7c15) + 1 };
	for (int i = 0; i < 8; i++)
		pick(h, 2);
	h->n = 2 + pick(h, HISTORY_MAX - 2);
	for (unsigned i = 0; i < h->n; i++) {
		struct speaker s;
		unsigned kind = pick(h, 11);

		choose_speaker(h, &s, i);
		if (kind < 5)
			make_message(h, &s, i);
		else if (kind < 7)
			make_status(h, &s, i);
		else if (kind == 7)
			make_call(h, &s, i);
		else if (kind == 8)
			make_group(h, &s, i);
		else if (kind == 9)
			make_card(h, &s, i);
		else
			make_other(h, &s, i);
	}
}
