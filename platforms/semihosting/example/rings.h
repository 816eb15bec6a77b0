/* The tracer with its rings: one for the program, one for its interrupt handler */
#ifndef RINGS_H
#define RINGS_H

#include "barectf.h"
#include "packet-ring-tracer.h"

PACKET_RING_DECLARE(barectf_, main_);
PACKET_RING_DECLARE(barectf_, interrupts_);

#endif /* RINGS_H */
