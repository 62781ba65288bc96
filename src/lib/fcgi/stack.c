/*
 * A thread's stack, whose pages stay once they were touched.
 */
#include <sys/mman.h>

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include "lib/fcgi/stack.h"

#define BELOW 1024 /* for the calls that are made here */

void
stack_release(void)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t end = (uintptr_t)__builtin_frame_address(0) - BELOW;
	pthread_attr_t attr;
	void *low = NULL;
	size_t len = 0;

	if (pthread_getattr_np(pthread_self(), &attr) != 0)
		return;
	pthread_attr_getstack(&attr, &low, &len);
	pthread_attr_destroy(&attr);
	end -= end % page;
	if (len > 0 && end > (uintptr_t)low && end < (uintptr_t)low + len)
		madvise(low, end - (uintptr_t)low, MADV_DONTNEED);
}
