#ifndef INBOX_REACTION_H
#define INBOX_REACTION_H

#include <stdint.h>

struct db;
struct number_key;

/*
 * The reaction that each person has on a message now.  The newest stands; no
 * emoji took it back.  In the caller's transaction; 0, or -1.
 */
struct reaction {
	const char	*target_wamid;
	const char	*sender;	/* customer, business; in groups who */
	const char	*emoji;		/* NULL takes it back */
	int64_t		 at;
	const char	*wamid;		/* of the reaction itself */
};

int	reaction_prepare(struct db *);
int	reaction_put(struct db *, const struct number_key *,
	    const struct reaction *);

#endif
