/* Parts of files that are mapped for writing, and that child processes of the program leave alone. */
#ifndef MAPPED_FILE_H
#define MAPPED_FILE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A part of a file in memory. */
struct mapped {
	/* NULL while nothing is mapped */
	void *at;
	size_t bytes;
	int file;
	uint64_t start;

	/* The others */
	struct mapped *next;
};

/*
 * Maps `bytes` of a file from `start` on, which must be there. What is written goes to the file, also
 * if the process is killed. A child process gets a copy in the same place when it is forked: what it
 * writes stays in its memory. 0, or -1 and errno.
 */
int mapped_open(struct mapped *it, int file, uint64_t start, size_t bytes);

/* The same, for a copy from the beginning: what is written stays in memory. */
int mapped_open_copy(struct mapped *it, int file, uint64_t start, size_t bytes);

/* Ends it, if anything is mapped; errno stays. */
void mapped_close(struct mapped *it);

/* Writes all of it at a place of a file, also after a signal. 0, or -1 and errno. */
int file_write(int file, const uint8_t *from, size_t bytes, uint64_t at);

/* Has this process be the only one with the file, until it ends. 0, or -1 and errno, EBUSY. */
int file_lock(int file);

/*
 * The name of a file beside `path`: a dot, its name, and an ending. It is to be freed; NULL and errno
 * if there is no memory.
 */
char *file_beside(const char *path, const char *ending);

#ifdef __cplusplus
}
#endif

#endif
