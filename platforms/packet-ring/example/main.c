/*
 * Four threads trace, each into a ring of its own, and one thread writes what is in the rings to
 * files, a stream for each thread: `threads`, or `threads flight-recorder`.
 */
#define _POSIX_C_SOURCE 200809L

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "threads.h"

#define THREADS 4
#define PACKETS 8
#define PACKET_BYTES 512
#define EVENTS 5000

/* A thread that traces, and its stream. The ring's memory is here, too */
struct tracing_thread {
	pthread_t thread;
	struct barectf_thread_ring ring;
	struct packet_ring_slot slots[PACKETS];
	uint8_t packets[PACKETS * PACKET_BYTES];
	uint8_t number;
	FILE *stream;
};

static struct tracing_thread threads[THREADS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned int running = THREADS;

static uint64_t now(void *data)
{
	struct timespec time;

	(void) data;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t) time.tv_sec * 1000000000 + (uint64_t) time.tv_nsec;
}

static void *trace(void *data)
{
	struct tracing_thread * const self = (struct tracing_thread *) data;
	const struct timespec pause = {0, 100000};
	uint32_t serial;

	for (serial = 0; serial < EVENTS; ++serial) {
		PACKET_RING_TRACE(&self->ring,
			barectf_trace_step(&self->ring.ctx, serial, "one of many"));
		if (serial % 64 == 0) {
			nanosleep(&pause, NULL);
		}
	}
	/* What is in a packet that is not full yet is handed on by the one who fills it */
	barectf_thread_ring_flush(&self->ring);
	pthread_mutex_lock(&lock);
	--running;
	pthread_mutex_unlock(&lock);
	return NULL;
}

static int is_running(void)
{
	unsigned int left;

	pthread_mutex_lock(&lock);
	left = running;
	pthread_mutex_unlock(&lock);
	return left > 0;
}

static int write_packet(void *data, const uint8_t *packet, uint32_t packet_bytes)
{
	FILE * const stream = ((const struct tracing_thread *) data)->stream;

	return fwrite(packet, 1, packet_bytes, stream) != packet_bytes;
}

/* Writes what is in the rings; returns how many packets that was */
static uint32_t drain(void)
{
	uint32_t index, drained = 0;

	for (index = 0; index < THREADS; ++index) {
		drained += packet_ring_drain(&threads[index].ring.ring, write_packet,
			&threads[index]);
	}
	return drained;
}

static int start(struct tracing_thread *self, uint8_t number, enum packet_ring_mode mode)
{
	struct barectf_platform_callbacks clocks;
	char path[] = "trace/thread-0";

	memset(&clocks, 0, sizeof(clocks));
	clocks.monotonic_clock_get_value = now;
	path[sizeof(path) - 2] = (char) ('0' + number);
	self->number = number;
	self->stream = fopen(path, "wb");
	if (!self->stream || barectf_thread_ring_init(&self->ring, clocks, &self->number,
			self->packets, self->slots, PACKET_BYTES, PACKETS, mode)) {
		perror(path);
		return -1;
	}
	return pthread_create(&self->thread, NULL, trace, self);
}

static int end(struct tracing_thread *self)
{
	const struct packet_ring_counts counts = packet_ring_counts(&self->ring.ring);

	printf("thread %u: %u events, %lu discarded; %lu packets, %lu overwritten\n",
		self->number, EVENTS, (unsigned long) counts.events_refused,
		(unsigned long) counts.packets_written, (unsigned long) counts.packets_overwritten);
	return fclose(self->stream);
}

int main(int argc, char **argv)
{
	const int is_recorder = argc > 1 && !strcmp(argv[1], "flight-recorder");
	const enum packet_ring_mode mode =
		is_recorder ? PACKET_RING_OVERWRITE : PACKET_RING_DISCARD;
	const struct timespec pause = {0, 200000};
	uint8_t index;
	int failed = 0;

	for (index = 0; index < THREADS; ++index) {
		if (start(&threads[index], index, mode)) {
			return 1;
		}
	}
	/* A flight recorder keeps the newest packets until somebody wants to see them */
	while (is_running()) {
		if (!is_recorder) {
			drain();
		}
		nanosleep(&pause, NULL);
	}
	for (index = 0; index < THREADS; ++index) {
		pthread_join(threads[index].thread, NULL);
	}
	drain();
	for (index = 0; index < THREADS; ++index) {
		failed |= end(&threads[index]);
	}
	return failed != 0;
}
