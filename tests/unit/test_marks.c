/*
 * Teams and labels of conversations: what becomes of them when one is opened or
 * closed, when two turn out to be one, and when they, or it, are deleted.
 */
#include "fixture.h"

#include "session/session.h"

#include "inbox/conversation/merge.h"
#include "inbox/mark/mark_on.h"
#include "inbox/mark/team_member.h"

#define OPEN "SELECT COUNT(*) FROM conversation_marks WHERE status = 'active'"
#define ALL  "SELECT COUNT(*) FROM conversation_marks"
#define TEAM                                                                   \
	"SELECT COALESCE((SELECT mark_id FROM conversation_marks"              \
	" WHERE conversation_id = 1 AND kind = 'team'), 0)"

static struct mark
make(struct fixture *fx, const char *kind, const char *name)
{
	struct mark m = { .kind = kind, .name = name };

	assert_int_equal(session_begin(fx->member), 0);
	assert_int_equal(
	    mark_create(fx->member, kind, name, NULL, 1, &m.id), 1);
	assert_int_equal(session_commit(fx->member), 0);
	return m;
}

/* CONVERSATION gets the team and the label; NULL: none. */
static void
put(struct fixture *fx, int64_t conversation, const struct mark *team,
    const struct mark *label)
{
	assert_int_equal(session_begin(fx->member), 0);
	if (team != NULL)
		assert_int_equal(
		    mark_on_set_team(fx->member, conversation, team, 1), 0);
	if (label != NULL)
		assert_int_equal(
		    mark_on_add(fx->member, conversation, label, 1), 1);
	assert_int_equal(session_commit(fx->member), 0);
}

static void
open_ones_are_told_from_closed_ones(void **state)
{
	struct fixture *fx = *state;
	struct mark team = make(fx, MARK_TEAM, "Support");
	struct mark label = make(fx, MARK_LABEL, "Refund");

	put(fx, 1, &team, &label);
	assert_int_equal(fixture_int(fx, OPEN), 2);
	fixture_do(fx, "UPDATE conversations SET status = 'archived'");
	assert_int_equal(fixture_int(fx, OPEN), 0);
	fixture_do(fx, "UPDATE conversations SET status = 'active'");
	assert_int_equal(fixture_int(fx, OPEN), 2);
	fixture_do(fx, "UPDATE conversations SET status = 'archived'");
	put(fx, 2, &team, NULL); /* closed when it is put on */
	assert_int_equal(fixture_int(fx, OPEN), 0);
	fixture_do(fx, "INSERT INTO messages(workspace_id, conversation_id,"
		       " number_id, wamid, direction, source, type, content,"
		       " preview, text, status, counts_unread, sent_at,"
		       " created_at) VALUES (1, 1, 1, 'again', 'inbound',"
		       " 'live', 'text', '', '', 'Hi', 'received', 1,"
		       " 1800000000, 1)");
	assert_int_equal(fixture_int(fx, OPEN), 2);
	assert_int_equal(fixture_int(fx, ALL), 3);
}

static void
one_team_takes_the_place_of_another(void **state)
{
	struct fixture *fx = *state;
	struct mark one = make(fx, MARK_TEAM, "One");
	struct mark two = make(fx, MARK_TEAM, "Two");

	put(fx, 1, &one, NULL);
	put(fx, 1, &two, NULL);
	assert_int_equal(fixture_int(fx, TEAM), two.id);
	assert_int_equal(fixture_int(fx, ALL), 1);
	/* what is still on its way out is in nobody's way */
	fixture_do(fx, "INSERT INTO jobs(workspace_id, kind, subject)"
		       " SELECT 1, 'mark_gone', id FROM marks"
		       " WHERE name = 'Two'");
	put(fx, 1, &one, NULL);
	assert_int_equal(fixture_int(fx, TEAM), one.id);
	fixture_jobs(fx);
	assert_int_equal(fixture_int(fx, ALL), 1);
}

static void
two_that_turn_out_to_be_one_have_what_both_had(void **state)
{
	struct fixture *fx = *state;
	struct mark kept = make(fx, MARK_TEAM, "Kept");
	struct mark other = make(fx, MARK_TEAM, "Other");
	struct mark both = make(fx, MARK_LABEL, "Both");
	struct mark own = make(fx, MARK_LABEL, "Own");

	put(fx, 1, &kept, &both);
	put(fx, 2, &other, &both);
	put(fx, 2, NULL, &own);
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(merge_conversations(fx->db, fx->pool, 1, 1, 2, 5), 0);
	assert_int_equal(db_commit(fx->db), 0);
	assert_int_equal(fixture_int(fx, TEAM), kept.id);
	assert_int_equal(fixture_int(fx, ALL), 3);
	assert_int_equal(fixture_int(fx, ALL " WHERE conversation_id = 1"), 3);
	put(fx, 3, &other, NULL);
	fixture_do(fx, "DELETE FROM conversation_marks"
		       " WHERE conversation_id = 1 AND kind = 'team'");
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(merge_conversations(fx->db, fx->pool, 1, 1, 3, 5), 0);
	assert_int_equal(db_commit(fx->db), 0);
	assert_int_equal(fixture_int(fx, TEAM), other.id);
	fixture_do(fx, "DELETE FROM conversations WHERE id = 1");
	assert_int_equal(fixture_int(fx, ALL), 0);
}

/* Nothing of another workspace is put here, nor here there. */
static void
a_neighbours_are_none(void **state)
{
	struct fixture *fx = *state;
	struct mark team = make(fx, MARK_TEAM, "Support");
	struct mark theirs = {
		.id = 900, .kind = MARK_LABEL, .name = "SECRET"
	};
	struct team_member *members;

	fixture_do(fx, "INSERT INTO marks(id, workspace_id, kind, name,"
		       " created_at) VALUES (900, 100, 'label', 'SECRET', 1),"
		       " (901, 100, 'team', 'SECRET', 1)");
	put(fx, 1, NULL, &theirs);
	put(fx, 100, &team, NULL);
	assert_int_equal(session_begin(fx->member), 0);
	assert_int_equal(team_member_add(fx->member, team.id, 100), 1);
	assert_int_equal(team_member_add(fx->member, 901, 1), 1);
	assert_int_equal(team_member_add(fx->member, 900, 1), 1);
	assert_int_equal(mark_delete(fx->member, 900), 0);
	assert_int_equal(session_commit(fx->member), 0);
	assert_int_equal(fixture_int(fx, ALL), 0);
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM team_members"), 0);
	assert_int_equal(
	    team_member_list(fx->member, fx->pool, team.id, &members), 0);
	assert_int_equal(
	    mark_get(fx->member, fx->pool, MARK_LABEL, 900, &theirs), 0);
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM marks WHERE id = 900"), 1);
}

static void
colors_are_of_six_digits(void **state)
{
	struct fixture *fx = *state;
	static const char *const none[] = { "", "#", "#12345", "#1234567",
		"1234567", "#12345g", "#12 456", "red", "#１23" };

	assert_string_equal(mark_color(fx->pool, "#ABCdef"), "#abcdef");
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_null(mark_color(fx->pool, none[i]));
}

int
main(void)
{
#define WITH(TEST)                                                             \
	cmocka_unit_test_setup_teardown(                                       \
	    TEST, fixture_begin_members, fixture_end)
	const struct CMUnitTest tests[] = {
		WITH(open_ones_are_told_from_closed_ones),
		WITH(one_team_takes_the_place_of_another),
		WITH(two_that_turn_out_to_be_one_have_what_both_had),
		WITH(a_neighbours_are_none),
		WITH(colors_are_of_six_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
