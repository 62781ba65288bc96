#ifndef BASE_SERVICE_MANAGER_H
#define BASE_SERVICE_MANAGER_H

/*
 * What a service manager gives a program, and is told by it: sd_notify(3) and
 * sd_listen_fds(3), as systemd and others have them.  Without one all of this
 * does nothing.  One thread of a program calls it.
 */

/* WORDS ("READY=1", lines of "STATUS=…") go to NOTIFY_SOCKET. */
void manager_tell(const char *words);

/* Called more often than twice in WATCHDOG_USEC by a loop that goes round:
 * "WATCHDOG=1", no more than is needed. */
void manager_beat(void);

/* The listening socket of LISTEN_FDS becomes descriptor TO: 1; 0: none is
 * given; -1: more than one, or it cannot be, said in the log. */
int manager_take_socket(int to);

/*
 * A program reads its configuration anew by beginning anew, as the same process
 * and with the same listening socket.  After SIGHUP it calls manager_reload: 1
 * when the new configuration can be read, and the manager was told; then the
 * program ends what it has in hand and calls manager_begin_anew last.  0: it is
 * wrong, said in the log, and the program goes on as before.  While it begins
 * SIGHUP is blocked: manager_hear, or sigwait(3), has those that came.
 */
int manager_reload(void);

/* SIGHUP calls ON_HANGUP from here on, and ends a sleep. */
void manager_hear(void (*on_hangup)(int));

/* Returns when no reload is due, and when there is no such program any more:
 * then the process ends, and who supervises it starts it again. */
void manager_begin_anew(void);

/* That it ends; nothing when it begins anew. */
void manager_stopping(void);

#endif
