/*
 * waspool doctor: says what is wrong, and what to type.  It has the table of
 * checks (doctor.h); a new check is a function and its row.
 */
#include <stdio.h>
#include <sysexits.h>

#include "base/pool.h"
#include "base/text.h"

#include "cli/cmd.h"
#include "cli/doctor/doctor.h"
#include "cli/output.h"
#include "cli/print.h"

static const struct doctor_row rows[] = {
	{ "configuration", doctor_configuration },
	{ "secrets", doctor_secrets },
	{ "files", doctor_files },
	{ "media", doctor_media },
	{ "disk", doctor_disk },
	{ "clock", doctor_clock },
	{ "inbox", doctor_inbox_db },
	{ "spool", doctor_spool_db },
	{ "spool and inbox", doctor_spool_order },
	{ "workspace", doctor_workspace },
	{ "keys", doctor_keys },
	{ "token files", doctor_tokens },
	{ "nginx", doctor_nginx_works },
	{ "webhook-verify", doctor_verify },
	{ "webhook-ingest", doctor_webhook_ingest },
	{ "actions", doctor_actions },
	{ "realtime", doctor_realtime },
	{ "sign-in", doctor_sign_in },
	{ "processor", doctor_processor },
	{ "dispatcher", doctor_dispatcher },
	{ "supervision", doctor_supervision },
	{ "versions", doctor_versions },
	{ "provider", doctor_provider },
	{ "dead deliveries", doctor_dead },
	{ "numbers", doctor_numbers },
	{ "outbox", doctor_outbox },
	{ "quotas", doctor_quotas },
	{ "search", doctor_search },
	{ "webhook tokens", doctor_let_in },
	{ "restore", doctor_restored },
	{ "backup", doctor_backup },
	{ "log", doctor_log },
};

#define LINE_MAX_LEN 16384

enum { N = sizeof(rows) / sizeof(rows[0]) };

static const char *const words_doctor[] = {
	[DOCTOR_OK] = "ok",
	[DOCTOR_UNKNOWN] = "unknown",
	[DOCTOR_WARN] = "warn",
	[DOCTOR_FAIL] = "fail",
};

static void
show_doctor(struct cli *c, const struct doctor_result *r)
{
	struct output *s = output_list(c);

	for (int i = 0; i < N; i++) {
		output_row(s);
		output_text(s, "check", rows[i].name);
		output_text(s, "state", words_doctor[r[i].state]);
		output_text(s, "says", r[i].says);
		output_text(s, "type", r[i].type);
	}
	output_end(s);
}

/* Prints a result for people; the command is on a line of its own, to be
 * copied. */
static void
print(struct cli *c, const struct doctor_result *r)
{
	for (int i = 0; i < N; i++) {
		printf("%-8s%s: %s\n", words_doctor[r[i].state], rows[i].name,
		    text_fold(c->pool, r[i].says, LINE_MAX_LEN));
		if (r[i].type != NULL)
			printf("        type: %s\n",
			    text_fold(c->pool, r[i].type, LINE_MAX_LEN));
	}
	print_check();
}

static void
doctor(struct cli *c)
{
	struct doctor_result r[N];
	int bad = 0;

	doctor_run(c->pool, rows, N, cli_option(c, "whole") != NULL, c->now, r);
	for (int i = 0; i < N; i++)
		bad += r[i].state != DOCTOR_OK;
	if (c->json)
		show_doctor(c, r);
	else
		print(c, r);
	if (bad > 0)
		cli_fail(EX_DATAERR,
		    "%d of %d checks found something, or could not look", bad,
		    N);
	print_hint(c, "All is well.");
}

static const struct cli_option options[] = {
	{ "whole", NULL,
	    "checks all of both databases, however long it takes" },
	{ 0 },
};

const struct cli_verb cmd_doctor[] = {
	{ "", "", 0, 0, "Finds out what is wrong, and says what to type",
	    "It changes nothing, makes no file, and ends within ten seconds.\n"
	    "As root it sees most.  Each check says ok, warn, fail, or "
	    "unknown\n"
	    "where it could not look.  Status 0 only when all is well, else "
	    "65.",
	    "waspool doctor", options, doctor },
	{ 0 },
};
