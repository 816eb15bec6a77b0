/* What the files of the example share: the tracer with its rings */
#ifndef THREADS_H
#define THREADS_H

#include "barectf.h"
#include "packet-ring-tracer.h"

PACKET_RING_DECLARE(barectf_, thread_);

/* A packet says in its context which thread it is of; `data` points to that */
#define threads_open(ring) \
	barectf_thread_open_packet(&(ring)->ctx, *(const uint8_t *) (ring)->data)

#endif /* THREADS_H */
