/*
 * Traces events around the end of a packet, an instruction at a time, and keeps the files as they are
 * after each instruction that changes them: as a kill there would leave them. Status 5: processes may
 * not be traced here.
 */

#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "barectf-platform-linux-mmap.h"

#define FILES 4
#define BYTES_MAX 65536
#define STEPS_MAX 2000000L

static const char * const names[FILES] = {
	"log", "trace/stream", "trace/.stream.open", "trace/.stream.state"
};
/* The files, as they were last; their length is -1 if they are not there. */
static unsigned char kept[FILES][BYTES_MAX];
static ssize_t kept_bytes[FILES];
static unsigned char found[BYTES_MAX];

static void write_file(const char *path, const unsigned char *from, ssize_t bytes)
{
	const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	if (file < 0 || write(file, from, (size_t) bytes) != bytes) {
		exit(6);
	}
	close(file);
}

/* Reads the files anew. Whether one of them has changed. */
static int have_changed(void)
{
	int changed = 0;
	int index;

	for (index = 0; index < FILES; ++index) {
		const int file = open(names[index], O_RDONLY);
		const ssize_t bytes = file < 0 ? -1 : read(file, found, BYTES_MAX);

		if (file >= 0) {
			close(file);
		}
		if (bytes != kept_bytes[index] ||
				(bytes > 0 && memcmp(found, kept[index], (size_t) bytes) != 0)) {
			changed = 1;
			kept_bytes[index] = bytes;
			memcpy(kept[index], found, bytes > 0 ? (size_t) bytes : 0);
		}
	}
	return changed;
}

static void keep(int number)
{
	char path[64];
	int index;

	sprintf(path, "kept/%d", number);
	mkdir("kept", 0777);
	mkdir(path, 0777);
	strcat(path, "/trace");
	mkdir(path, 0777);
	for (index = 0; index < FILES; ++index) {
		if (kept_bytes[index] >= 0) {
			sprintf(path, "kept/%d/%s", number, names[index]);
			write_file(path, kept[index], kept_bytes[index]);
		}
	}
}

static int traced(unsigned int from, unsigned int to)
{
	struct barectf_platform_linux_mmap_ctx *platform;
	struct barectf_default_ctx *stream;
	volatile uint32_t *log;
	const int file = open("log", O_RDWR | O_CREAT | O_TRUNC, 0666);
	unsigned int index;

	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) {
		return 5;
	}
	platform = barectf_platform_linux_mmap_init(4096, "trace/stream");
	if (file < 0 || ftruncate(file, 4) != 0 || !platform) {
		return 6;
	}
	log = (volatile uint32_t *) mmap(NULL, 4, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	stream = barectf_platform_linux_mmap_get_barectf_ctx(platform);
	for (index = 0; index < to; ++index) {
		if (index == from) {
			raise(SIGSTOP);
		}
		barectf_trace_heated(stream, 1.0f, index);
		*log = index + 1;
	}
	return barectf_platform_linux_mmap_fini(platform) != 0;
}

int main(int argc, char *argv[])
{
	const unsigned int from = argc > 1 ? (unsigned int) atoi(argv[1]) : 0;
	const pid_t child = fork();
	long steps;
	int number = 0;
	int status;

	if (child == 0) {
		return traced(from, from + 6);
	}
	waitpid(child, &status, 0);
	if (!WIFSTOPPED(status)) {
		return WEXITSTATUS(status);
	}
	for (steps = 0; steps < STEPS_MAX; ++steps) {
		if (have_changed()) {
			keep(number++);
		}
		if (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) != 0) {
			return 5;
		}
		waitpid(child, &status, 0);
		if (!WIFSTOPPED(status)) {
			printf("%d\n", number);
			return WEXITSTATUS(status);
		}
	}
	kill(child, SIGKILL);
	return 6;
}
