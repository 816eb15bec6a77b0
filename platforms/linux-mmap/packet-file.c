/* See the header. C89 and POSIX.1-2008; also C++. */

#ifndef _POSIX_C_SOURCE
# define _POSIX_C_SOURCE 200809L
#endif
#ifndef _FILE_OFFSET_BITS
# define _FILE_OFFSET_BITS 64
#endif

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "packet-file.h"

/* A byte of a length in bits, as it stands in the field. */
static uint8_t byte_of(const struct packet_size_field *field, uint32_t bytes, uint32_t index)
{
	const uint32_t bits = bytes * 8;
	const uint32_t low_first = field->is_big_endian ? field->len - 1 - index : index;

	return (uint8_t) (bits >> (8 * low_first));
}

static int says(const struct packet_size_field *field, const uint8_t *header, uint32_t bytes)
{
	uint32_t index;

	for (index = 0; index < field->len; ++index) {
		if (header[field->at + index] != byte_of(field, bytes, index)) {
			return 0;
		}
	}
	return 1;
}

int packet_size_field_find(struct packet_size_field *field, const uint8_t *one_header,
	uint32_t one_bytes, const uint8_t *other_header, uint32_t other_bytes, size_t header_bytes)
{
	size_t first = 0;
	size_t end = header_bytes;

	while (first < end && one_header[first] == other_header[first]) {
		++first;
	}
	while (end > first && one_header[end - 1] == other_header[end - 1]) {
		--end;
	}
	field->at = (uint32_t) first;
	field->len = (uint32_t) (end - first);
	if (field->len < 1 || field->len > 4) {
		return -1;
	}
	for (field->is_big_endian = 0; field->is_big_endian < 2; ++field->is_big_endian) {
		if (says(field, one_header, one_bytes) && says(field, other_header, other_bytes)) {
			return 0;
		}
	}
	return -1;
}

int packet_size_field_fits(const struct packet_size_field *field, size_t bytes)
{
	return field->len >= 4 || ((uint64_t) bytes * 8) >> (8 * field->len) == 0;
}

/* Where a packet starts. */
static uint64_t start_of(const struct packet_file *it, uint32_t packet)
{
	return (uint64_t) packet * it->packet_bytes;
}

/* Has the last packet say how long it is: one write, which a signal cannot divide. */
static int say_length(const struct packet_file *it, size_t bytes)
{
	uint8_t field[4];
	uint32_t index;

	for (index = 0; index < it->field.len && index < 4; ++index) {
		field[index] = byte_of(&it->field, (uint32_t) bytes, index);
	}
	return file_write(it->file, field, index, start_of(it, it->count - 1) + it->field.at);
}

/* Takes the place away, and what is behind the last packet; errno stays. */
static int undo(struct packet_file *it)
{
	const int kept = errno;

	mapped_close(&it->slot);
	(void) !ftruncate(it->file, (off_t) start_of(it, it->count));
	errno = kept;
	return -1;
}

int packet_file_map(struct packet_file *it)
{
	return mapped_open(&it->slot, it->file, start_of(it, it->count), it->packet_bytes);
}

int packet_file_grow(struct packet_file *it, const uint8_t *pages, size_t pages_bytes)
{
	const uint64_t start = start_of(it, it->count);
	size_t at = 0;

	/* A kill ends a write between two pages, and each of them is a packet */
	while (at < it->packet_bytes) {
		const size_t left = it->packet_bytes - at;
		const size_t bytes = left < pages_bytes ? left : pages_bytes;

		if (file_write(it->file, pages, bytes, start + at) != 0) {
			return undo(it);
		}
		at += bytes;
	}
	if (packet_file_map(it) != 0) {
		return undo(it);
	}
	if (it->count > 0 && say_length(it, 2 * it->packet_bytes) != 0) {
		return undo(it);
	}
	return 0;
}

int packet_file_commit(struct packet_file *it)
{
	const int status = it->count == 0 ? rename(it->open_path, it->path) :
		say_length(it, it->packet_bytes);

	if (status != 0) {
		return -1;
	}
	mapped_close(&it->slot);
	++it->count;
	return 0;
}

long packet_file_tail(const struct packet_file *it)
{
	struct stat about;
	const off_t end = (off_t) start_of(it, it->count);

	if (fstat(it->file, &about) != 0) {
		return -1;
	}
	if (about.st_size < end || about.st_size - end > (off_t) it->packet_bytes) {
		errno = EINVAL;
		return -1;
	}
	return (long) (about.st_size - end);
}

int packet_file_trim(struct packet_file *it, const uint8_t *page, size_t tail_bytes)
{
	const uint64_t end = start_of(it, it->count);

	if (it->count == 0) {
		return ftruncate(it->file, 0) != 0 || rename(it->open_path, it->path) != 0 ? -1 : 0;
	}
	/* The tail becomes a packet, readers get to see it, and then it is cut off */
	if (tail_bytes >= it->page_bytes &&
			file_write(it->file, page, it->page_bytes, end) != 0) {
		return -1;
	}
	if (say_length(it, it->packet_bytes) != 0) {
		return -1;
	}
	return ftruncate(it->file, (off_t) end);
}

void packet_file_close(struct packet_file *it)
{
	const int kept = errno;

	mapped_close(&it->slot);
	if (it->file >= 0) {
		(void) close(it->file);
		it->file = -1;
	}
	errno = kept;
}
