/*
 * The limit beside which others are measured: a libfcgi responder that reads
 * the body and says ok.  Nothing of waspool is in it.
 *
 *     empty [THREADS]      its listening socket is descriptor 0
 */
#include <pthread.h>
#include <stdlib.h>

#include <fcgiapp.h>

#define THREADS_MAX 1024
#define STACK_LEN   (256 * 1024)

static void *
serve(void *arg)
{
	FCGX_Request request;
	char body[8192];

	FCGX_InitRequest(&request, 0, 0);
	while (FCGX_Accept_r(&request) >= 0) {
		while (FCGX_GetStr(body, sizeof(body), request.in) > 0)
			;
		FCGX_PutS("Status: 200 OK\r\nContent-Type: text/plain\r\n"
			  "Content-Length: 3\r\n\r\nok\n",
		    request.out);
		FCGX_Finish_r(&request);
	}
	return arg;
}

int
main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 64;
	pthread_t thread[THREADS_MAX];
	pthread_attr_t attr;

	if (n < 1 || n > THREADS_MAX || FCGX_Init() != 0)
		return EXIT_FAILURE;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_LEN);
	for (int i = 0; i < n; i++)
		if (pthread_create(&thread[i], &attr, serve, NULL) != 0)
			return EXIT_FAILURE;
	pthread_join(thread[0], NULL);
	return EXIT_FAILURE;
}
