/*
 * A program on a Cortex-M that measures something every millisecond. It traces what it measured,
 * and its timer's interrupt handler traces as well, into a context and a ring of its own. What is
 * in the rings is written to files of the host when the program has nothing else to do.
 */
#include <string.h>

#include "rings.h"
#include "semihosting.h"

#define PACKETS 4
#define PACKET_BYTES 256
#define MEASUREMENTS 20

/* The SysTick timer (ARMv6-M Architecture Reference Manual, B3.3) */
#define SYST_CSR (*(volatile uint32_t *) 0xe000e010)
#define SYST_RVR (*(volatile uint32_t *) 0xe000e014)
#define SYST_CVR (*(volatile uint32_t *) 0xe000e018)
#define SYST_CSR_ENABLE 5
#define SYST_CSR_ENABLE_WITH_INTERRUPT 7

/* A stream: its ring's memory and its file */
struct stream {
	uint8_t packets[PACKETS * PACKET_BYTES];
	struct packet_ring_slot slots[PACKETS];
	int32_t file;
};

static struct barectf_main_ring program;
static struct barectf_interrupts_ring interrupts;
static struct stream of_program, of_interrupts;
static volatile uint32_t milliseconds;
static volatile uint64_t microseconds;

void systick(void);

/* Microseconds since the start. There is no division, for a Cortex-M0 has none */
static uint64_t now(void *data)
{
	uint64_t start;
	uint32_t before, left;

	(void) data;
	do {
		before = milliseconds;
		start = microseconds;
		left = SYST_CVR;
	} while (before != milliseconds);
	return start + (((CYCLES_PER_MS - 1 - left) * (65536000UL / CYCLES_PER_MS)) >> 16);
}

/* The handler of the timer's interrupt */
void systick(void)
{
	++milliseconds;
	microseconds += 1000;
	PACKET_RING_TRACE(&interrupts,
		barectf_interrupts_trace_tick(&interrupts.ctx, milliseconds));
	if (milliseconds == MEASUREMENTS) {
		SYST_CSR = 0;
	}
}

static int write_packet(void *data, const uint8_t *packet, uint32_t packet_bytes)
{
	return semihosting_write(((const struct stream *) data)->file, packet, packet_bytes) != 0;
}

static int start(void)
{
	struct barectf_platform_callbacks clocks;

	memset(&clocks, 0, sizeof(clocks));
	clocks.systick_clock_get_value = now;
	SYST_RVR = CYCLES_PER_MS - 1;
	SYST_CVR = 0;
	SYST_CSR = SYST_CSR_ENABLE;
	if (barectf_main_ring_init(&program, clocks, NULL, of_program.packets,
			of_program.slots, PACKET_BYTES, PACKETS, PACKET_RING_DISCARD) ||
			barectf_interrupts_ring_init(&interrupts, clocks, NULL,
			of_interrupts.packets, of_interrupts.slots, PACKET_BYTES, PACKETS,
			PACKET_RING_DISCARD)) {
		return -1;
	}
	of_program.file = semihosting_create("trace/main");
	of_interrupts.file = semihosting_create("trace/interrupts");
	SYST_CSR = SYST_CSR_ENABLE_WITH_INTERRUPT;
	return of_program.file < 0 || of_interrupts.file < 0;
}

int main(void)
{
	uint32_t count;

	if (start()) {
		semihosting_say("trace/ is not there, or cannot be written\n");
		return 1;
	}
	for (count = 0; count < MEASUREMENTS; ++count) {
		/* The timer wakes the processor up */
		while (milliseconds <= count) {
			__asm__ __volatile__("wfi");
		}
		PACKET_RING_TRACE(&program,
			barectf_trace_measured(&program.ctx, "light", 100 - (int32_t) count));
		packet_ring_drain(&program.ring, write_packet, &of_program);
		packet_ring_drain(&interrupts.ring, write_packet, &of_interrupts);
	}
	/* The timer is off: nobody else fills the packets that are handed on here */
	barectf_main_ring_flush(&program);
	barectf_interrupts_ring_flush(&interrupts);
	packet_ring_drain(&program.ring, write_packet, &of_program);
	packet_ring_drain(&interrupts.ring, write_packet, &of_interrupts);
	return semihosting_close(of_program.file) || semihosting_close(of_interrupts.file);
}
