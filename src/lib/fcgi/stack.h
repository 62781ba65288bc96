#ifndef LIB_FCGI_STACK_H
#define LIB_FCGI_STACK_H

/*
 * Gives back what this thread's stack has below the caller: memory that a deep
 * call has touched, and that otherwise stays while the thread waits.  For one
 * of many threads, before it waits for long.  Not for the main thread, whose
 * stack grows by itself.
 */
void stack_release(void);

#endif
