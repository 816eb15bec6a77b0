/*
 * Threads trace into tiny rings as fast as they can, while a consumer reads them, at once or while
 * it holds packets for long. Each packet must be intact, and the numbers must add up: events seen +
 * discarded + overwritten = events traced. `stress MODE PACKETS EVENTS`.
 */
#define _POSIX_C_SOURCE 200809L

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "threads.h"

#define THREADS 4
#define PACKET_BYTES 160
#define PACKETS_MAX 16
#define NUMBERS_MAX 0x10000

/* Where things are in packets (bytes), as the configuration of the example has them */
#define AT_MAGIC 0
#define AT_PACKET_SIZE 12
#define AT_CONTENT_SIZE 20
#define AT_DISCARDED 44
#define AT_NUMBER 52
#define AT_THREAD 56
#define AT_EVENTS 57

/* What the consumer knows of a ring's packets so far */
struct seen {
	uint32_t packets, events, next_number, next_serial, discarded;
	/* How many events there are in each packet */
	uint8_t events_in[NUMBERS_MAX];
};

struct tracing_thread {
	/* Comes first, so that a pointer to the ring is one to all of this */
	struct barectf_thread_ring ring;
	struct packet_ring_slot slots[PACKETS_MAX];
	uint8_t packets[PACKETS_MAX * PACKET_BYTES];
	uint8_t number;
	uint32_t serial, events, ticks;
	int is_interrupted;
	/* How many events were traced into each packet */
	uint8_t events_in[NUMBERS_MAX];
	pthread_t thread;
	struct seen seen;
};

static struct tracing_thread threads[THREADS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned int running = THREADS;

static void fail(const char *what, uint32_t found, uint32_t expected)
{
	printf("%s: %lu, not %lu\n", what, (unsigned long) found, (unsigned long) expected);
	exit(1);
}

static void expect(const char *what, uint32_t found, uint32_t expected)
{
	if (found != expected) {
		fail(what, found, expected);
	}
}

/* The text of an event is a function of its serial */
static void make_text(char *text, uint32_t serial)
{
	const size_t len = serial % 23;

	memset(text, (int) ('a' + serial % 26), len);
	text[len] = '\0';
}

static void trace_one(struct tracing_thread *self, uint32_t serial)
{
	char text[24];

	make_text(text, serial);
	PACKET_RING_TRACE(&self->ring, barectf_trace_step(&self->ring.ctx, serial, text));
}

/* Now and then an event is interrupted by another one of the same context, with the serial before */
static uint64_t now(void *data)
{
	struct tracing_thread * const self = (struct tracing_thread *) data;

	if (self->is_interrupted) {
		self->is_interrupted = 0;
		trace_one(self, self->serial - 2);
	}
	return ++self->ticks;
}

/* Traces an event, and notes which packet it is in, unless there was none */
static void trace_and_note(struct tracing_thread *self)
{
	const uint32_t refused = packet_ring_counts(&self->ring.ring).events_refused;
	uint32_t number;

	self->is_interrupted = self->serial % 1000 == 7;
	self->serial += self->is_interrupted ? 2 : 1;
	trace_one(self, self->serial - 1);
	if (packet_ring_counts(&self->ring.ring).events_refused == refused) {
		number = barectf_packet_sequence_number(&self->ring.ctx);
		/* The event that fills a packet closes it, and the next number is told */
		number -= barectf_packet_is_open(&self->ring.ctx) ? 0 : 1;
		++self->events_in[number % NUMBERS_MAX];
	}
}

static void *trace(void *data)
{
	struct tracing_thread * const self = (struct tracing_thread *) data;

	while (self->serial < self->events) {
		trace_and_note(self);
		if (self->serial % 8 == 0) {
			sched_yield();
		}
	}
	barectf_thread_ring_flush(&self->ring);
	pthread_mutex_lock(&lock);
	--running;
	pthread_mutex_unlock(&lock);
	return NULL;
}

static uint32_t u32(const uint8_t *packet, uint32_t at)
{
	uint32_t value;

	memcpy(&value, packet + at, sizeof(value));
	return value;
}

/* Checks the events of a packet; returns how many there are, and the serial behind the last one */
static uint32_t check_events(const uint8_t *packet, uint32_t at, uint32_t end, uint32_t *next)
{
	uint32_t events = 0;

	while (at < end) {
		char expected[24];
		uint32_t serial;

		/* The class and the time have 16 bytes, the serial stands at a multiple of 4 */
		at = (at + 16 + 3) & ~(uint32_t) 3;
		serial = u32(packet, at);
		if (serial < *next) {
			fail("serial", serial, *next);
		}
		make_text(expected, serial);
		if (strcmp((const char *) packet + at + 4, expected)) {
			printf("text of %lu: %s\n", (unsigned long) serial, packet + at + 4);
			exit(1);
		}
		at += 4 + (uint32_t) strlen(expected) + 1;
		*next = serial + 1;
		++events;
	}
	expect("end of the last event", at, end);
	return events;
}

static void check_packet(struct tracing_thread *self, const uint8_t *packet)
{
	struct seen * const seen = &self->seen;
	const uint32_t number = u32(packet, AT_NUMBER);
	const uint32_t discarded = u32(packet, AT_DISCARDED);
	const uint32_t content = u32(packet, AT_CONTENT_SIZE);
	uint32_t next = seen->next_serial, events;

	expect("magic", u32(packet, AT_MAGIC), 0xc1fc1fc1U);
	expect("packet size", u32(packet, AT_PACKET_SIZE), 8 * PACKET_BYTES);
	expect("thread", packet[AT_THREAD], self->number);
	if (content > 8 * PACKET_BYTES) {
		fail("content", content, 8 * PACKET_BYTES);
	}
	if (number < seen->next_number || number >= NUMBERS_MAX) {
		fail("number", number, seen->next_number);
	}
	if (discarded < seen->discarded) {
		fail("discarded", discarded, seen->discarded);
	}
	events = check_events(packet, AT_EVENTS, content / 8, &next);
	seen->events += events;
	seen->events_in[number] = (uint8_t) events;
	seen->next_number = number + 1;
	seen->next_serial = next;
	seen->discarded = discarded;
	++seen->packets;
}

static int take(void *data, const uint8_t *packet, uint32_t packet_bytes)
{
	expect("length", packet_bytes, PACKET_BYTES);
	check_packet((struct tracing_thread *) data, packet);
	return 0;
}

/* Holds a packet while the producer goes on: it stays what it is */
static void hold(struct tracing_thread *self)
{
	const uint8_t * const packet = packet_ring_peek(&self->ring.ring);
	uint8_t copy[PACKET_BYTES];
	int turns;

	if (packet) {
		memcpy(copy, packet, PACKET_BYTES);
		for (turns = 0; turns < 10; ++turns) {
			sched_yield();
		}
		expect("a held packet", (uint32_t) memcmp(copy, packet, PACKET_BYTES), 0);
		check_packet(self, packet);
		packet_ring_release(&self->ring.ring);
	}
}

static void consume(struct tracing_thread *self, uint32_t round)
{
	uint8_t copy[PACKET_BYTES];

	if (round % 3 == 0) {
		hold(self);
	} else if (round % 3 == 1) {
		packet_ring_drain(&self->ring.ring, take, self);
	} else if (packet_ring_read(&self->ring.ring, copy)) {
		check_packet(self, copy);
	}
}

/* Compares packet by packet what was traced and seen; returns how many events are overwritten */
static uint32_t count_overwritten(const struct tracing_thread *self, uint32_t written,
	uint32_t *packets)
{
	uint32_t number, events = 0;

	for (number = 0; number < written; ++number) {
		if (self->seen.events_in[number] == 0) {
			events += self->events_in[number];
			++*packets;
		} else {
			expect("events in a packet", self->seen.events_in[number],
				self->events_in[number]);
		}
	}
	return events;
}

static void judge(const struct tracing_thread *self, enum packet_ring_mode mode)
{
	const struct packet_ring_counts counts = packet_ring_counts(&self->ring.ring);
	const uint32_t discarded = barectf_discarded_event_records_count(&self->ring.ctx);
	uint32_t packets = 0;
	const uint32_t events = count_overwritten(self, counts.packets_written, &packets);

	expect("packets read", counts.packets_read, self->seen.packets);
	expect("packets overwritten", counts.packets_overwritten, packets);
	expect("packets", counts.packets_read + packets, counts.packets_written);
	expect("discarded", counts.events_refused + counts.events_nested, discarded);
	expect("events", self->seen.events + events + discarded, self->serial);
	if (mode == PACKET_RING_DISCARD) {
		expect("overwritten", packets, 0);
	}
	printf("%lu traced: %lu seen, %lu refused, %lu nested, %lu overwritten in %lu packets\n",
		(unsigned long) self->serial, (unsigned long) self->seen.events,
		(unsigned long) counts.events_refused, (unsigned long) counts.events_nested,
		(unsigned long) events, (unsigned long) packets);
}

static void start(struct tracing_thread *self, enum packet_ring_mode mode, uint32_t packets)
{
	struct barectf_platform_callbacks clocks;

	memset(&clocks, 0, sizeof(clocks));
	clocks.monotonic_clock_get_value = now;
	expect("init", (uint32_t) barectf_thread_ring_init(&self->ring, clocks, &self->number,
		self->packets, self->slots, PACKET_BYTES, packets, mode), 0);
}

int main(int argc, char **argv)
{
	enum packet_ring_mode mode;
	uint32_t index, round;
	int is_over = 0;

	if (argc != 4) {
		return 2;
	}
	mode = strcmp(argv[1], "overwrite") ? PACKET_RING_DISCARD : PACKET_RING_OVERWRITE;
	for (index = 0; index < THREADS; ++index) {
		threads[index].number = (uint8_t) index;
		threads[index].events = (uint32_t) atol(argv[3]);
		start(&threads[index], mode, (uint32_t) atol(argv[2]));
	}
	for (index = 0; index < THREADS; ++index) {
		pthread_create(&threads[index].thread, NULL, trace, &threads[index]);
	}
	for (round = 0; !is_over; ++round) {
		pthread_mutex_lock(&lock);
		is_over = running == 0;
		pthread_mutex_unlock(&lock);
		for (index = 0; index < THREADS; ++index) {
			consume(&threads[index], round + index);
		}
	}
	for (index = 0; index < THREADS; ++index) {
		pthread_join(threads[index].thread, NULL);
		packet_ring_drain(&threads[index].ring.ring, take, &threads[index]);
		judge(&threads[index], mode);
	}
	return 0;
}
