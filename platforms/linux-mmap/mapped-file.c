/* See the header. C89 and POSIX.1-2008; also C++. */

#ifndef _POSIX_C_SOURCE
# define _POSIX_C_SOURCE 200809L
#endif
#ifndef _FILE_OFFSET_BITS
# define _FILE_OFFSET_BITS 64
#endif

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include "mapped-file.h"

/* All that is mapped and written to the file. */
static struct mapped *all;
static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t all_once = PTHREAD_ONCE_INIT;

static void lock_all(void)
{
	(void) pthread_mutex_lock(&all_lock);
}

static void unlock_all(void)
{
	(void) pthread_mutex_unlock(&all_lock);
}

/* In the child: a copy takes the place of each. */
static void copy_all(void)
{
	struct mapped *it;

	for (it = all; it; it = it->next) {
		if (mmap(it->at, it->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, it->file,
				(off_t) it->start) == MAP_FAILED) {
			/* Better no child than one that damages the trace of its parent */
			abort();
		}
	}
	all = NULL;
	unlock_all();
}

static void watch_forks(void)
{
	(void) pthread_atfork(lock_all, unlock_all, copy_all);
}

static int map(struct mapped *it, int file, uint64_t start, size_t bytes, int kind)
{
	void * const at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, kind, file, (off_t) start);

	if (at == MAP_FAILED) {
		return -1;
	}
	it->at = at;
	it->bytes = bytes;
	it->file = file;
	it->start = start;
	return 0;
}

int mapped_open(struct mapped *it, int file, uint64_t start, size_t bytes)
{
	int status;

	(void) pthread_once(&all_once, watch_forks);
	lock_all();
	status = map(it, file, start, bytes, MAP_SHARED);
	if (status == 0) {
		it->next = all;
		all = it;
	}
	unlock_all();
	return status;
}

int mapped_open_copy(struct mapped *it, int file, uint64_t start, size_t bytes)
{
	return map(it, file, start, bytes, MAP_PRIVATE);
}

void mapped_close(struct mapped *it)
{
	const int kept = errno;
	struct mapped **at;

	if (!it->at) {
		return;
	}
	lock_all();
	for (at = &all; *at; at = &(*at)->next) {
		if (*at == it) {
			*at = it->next;
			break;
		}
	}
	(void) munmap(it->at, it->bytes);
	it->at = NULL;
	unlock_all();
	errno = kept;
}

int file_write(int file, const uint8_t *from, size_t bytes, uint64_t at)
{
	size_t written = 0;

	while (written < bytes) {
		const ssize_t done = pwrite(file, from + written, bytes - written,
			(off_t) (at + written));

		if (done > 0) {
			written += (size_t) done;
		} else if (done == 0) {
			errno = ENOSPC;
			return -1;
		} else if (errno != EINTR) {
			return -1;
		}
	}
	return 0;
}

int file_lock(int file)
{
	struct flock lock;

	memset(&lock, 0, sizeof(lock));
	lock.l_type = F_WRLCK;
	lock.l_whence = SEEK_SET;
	if (fcntl(file, F_SETLK, &lock) != 0) {
		errno = errno == EACCES || errno == EAGAIN ? EBUSY : errno;
		return -1;
	}
	return 0;
}

char *file_beside(const char *path, const char *ending)
{
	const char * const slash = strrchr(path, '/');
	const size_t folder_len = slash ? (size_t) (slash - path) + 1 : 0;
	char * const name = (char *) malloc(strlen(path) + strlen(ending) + 2);

	if (name) {
		memcpy(name, path, folder_len);
		name[folder_len] = '.';
		strcpy(name + folder_len + 1, path + folder_len);
		strcat(name, ending);
	}
	return name;
}
