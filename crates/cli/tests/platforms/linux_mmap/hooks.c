/*
 * System calls of the platform go through here: one of them, by its number, can be made to fail, or
 * the process to be killed before it, after it, or in its middle. HOOK says which: a letter, a number.
 */

#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#define PAGE 4096U

/* How many calls fail, beginning with that of the number. */
#define FAILING 3L

static char mode;
static long wanted;
static long calls;

static void read_hook(void)
{
	const char *hook = getenv("HOOK");

	if (mode == 0) {
		mode = hook ? hook[0] : '-';
		wanted = hook ? atol(hook + 1) : -1;
	}
}

static void die(void)
{
	raise(SIGKILL);
}

/* Counts a call. 1 if it is the one. */
static int is_wanted(void)
{
	read_hook();
	if (calls++ != wanted) {
		return 0;
	}
	if (mode == 'b') {
		die();
	}
	return 1;
}

/* 1 if the call that was just counted has to fail. */
static int fails(void)
{
	if (mode != 'e' || calls <= wanted || calls > wanted + FAILING) {
		return 0;
	}
	errno = ENOSPC;
	return 1;
}

static void after(int is_it)
{
	if (is_it && mode == 'a') {
		die();
	}
}

ssize_t hooked_pwrite(int file, const void *from, size_t bytes, off_t at)
{
	const int is_it = is_wanted();
	ssize_t done;

	if (fails()) {
		return -1;
	}
	if (is_it && mode == 'h') {
		/* A signal ends a write between two pages */
		if (bytes > PAGE) {
			(void) !pwrite(file, from, bytes / PAGE / 2 * PAGE, at);
		}
		die();
	}
	done = pwrite(file, from, bytes, at);
	after(is_it);
	return done;
}

int hooked_ftruncate(int file, off_t bytes)
{
	const int is_it = is_wanted();
	const int status = ftruncate(file, bytes);

	after(is_it);
	return status;
}

int hooked_rename(const char *from, const char *to)
{
	const int is_it = is_wanted();
	const int status = fails() ? -1 : rename(from, to);

	after(is_it);
	return status;
}

int hooked_unlink(const char *path)
{
	const int is_it = is_wanted();
	const int status = unlink(path);

	after(is_it);
	return status;
}

void *hooked_mmap(void *at, size_t bytes, int ways, int kind, int file, off_t start)
{
	const int is_it = is_wanted();
	void *found = MAP_FAILED;

	if (!fails()) {
		found = mmap(at, bytes, ways, kind, file, start);
	}
	after(is_it);
	return found;
}

int hooked_munmap(void *at, size_t bytes)
{
	const int is_it = is_wanted();
	const int status = munmap(at, bytes);

	after(is_it);
	return status;
}
