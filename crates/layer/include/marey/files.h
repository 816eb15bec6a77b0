/* The directory of a process, and files that are made in it. */
#ifndef MAREY_FILES_H
#define MAREY_FILES_H

#include "state.h"

/* Whether a file may be so long: to ask the kernel for more would end the program by a signal. */
static MAREY_COLD int marey_is_allowed(size_t bytes)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_FSIZE, &limit) == 0 && bytes <= limit.rlim_cur;
}

/* Makes a file, gives it its space, and maps it; null, and no file, where that can't be. */
static MAREY_COLD unsigned char *marey_create(const char *path, size_t bytes)
{
    void *memory = MAP_FAILED;
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return NULL;
    if (marey_is_allowed(bytes) && posix_fallocate(file, 0, (off_t)bytes) == 0)
        memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (memory == MAP_FAILED) {
        unlink(path);
        return NULL;
    }
    return (unsigned char *)memory;
}

/* Reads the start of a file; how many bytes, with a zero behind them. */
static MAREY_COLD size_t marey_read_file(const char *path, char *into, size_t bytes)
{
    ssize_t len = 0;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        len = read(file, into, bytes - 1);
        close(file);
    }
    into[len > 0 ? len : 0] = 0;
    return len > 0 ? (size_t)len : 0;
}

/* A variable of the environment; null in a program that has more rights than who started it. */
static MAREY_COLD const char *marey_variable(const char *name)
{
    return getauxval(AT_SECURE) ? NULL : getenv(name);
}

/* When this process was started: the 22nd field of its `stat`; 0 where that can't be read. */
static MAREY_COLD unsigned long long marey_start_of_process(void)
{
    char stat[1024], *at;
    int field;
    marey_read_file("/proc/self/stat", stat, sizeof stat);
    at = strrchr(stat, ')');
    for (field = 2; at && field < 22; field++)
        at = strchr(at + 1, ' ');
    return at ? strtoull(at, NULL, 10) : 0;
}

/* Makes the directory of all programs if it is not there, and gives its absolute path. */
static MAREY_COLD int marey_open_base(const char *path, int must_be_ours, mode_t forbidden,
                                      char *absolute, size_t bytes)
{
    char link[64];
    struct stat status;
    ssize_t len = -1;
    int directory;
    mkdir(path, 0700);
    directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0)
        return 0;
    if (fstat(directory, &status) == 0 && !(status.st_mode & forbidden) &&
        (!must_be_ours || status.st_uid == geteuid())) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
        len = readlink(link, absolute, bytes);
    }
    close(directory);
    if (len < 0 || (size_t)len >= bytes)
        return 0;
    absolute[len] = 0;
    return 1;
}

static MAREY_COLD int marey_base(char *absolute, size_t bytes)
{
    char path[MAREY_PATH_BYTES_MAX];
    const char *given = marey_variable("MAREY_DIR");
    if (given && *given)
        return marey_open_base(given, 0, 0, absolute, bytes);
    given = marey_variable("XDG_RUNTIME_DIR");
    if (given && *given) {
        if ((size_t)snprintf(path, sizeof path, "%s/marey", given) >= sizeof path)
            return 0;
        return marey_open_base(path, 1, 0, absolute, bytes);
    }
    snprintf(path, sizeof path, MAREY_OF_USER "%u", (unsigned)geteuid());
    return marey_open_base(path, 1, 077, absolute, bytes);
}

/* Makes the directory of this process: its path, and which of its directories it is, or -1. */
static MAREY_COLD int marey_make_directory(char *path, unsigned long long start)
{
    char base[256];
    int instance;
    if (!start || !marey_base(base, sizeof base))
        return -1;
    for (instance = 0; instance < MAREY_INSTANCES_MAX; instance++) {
        snprintf(path, MAREY_PATH_BYTES_MAX, "%s/%d-%llu-%d", base, (int)getpid(), start,
                 instance);
        if (mkdir(path, 0700) == 0)
            return instance;
    }
    return -1;
}

/* The path of a file of this process. */
static MAREY_COLD const char *marey_file(const struct marey_own *own, char *into, const char *name,
                                         int number)
{
    size_t len = strlen(own->path);
    memcpy(into, own->path, len);
    if (number < 0)
        snprintf(into + len, 32, "/%s", name);
    else
        snprintf(into + len, 32, "/%s%d", name, number);
    return into;
}

#endif
