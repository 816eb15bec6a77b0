/* What the tests of the header run: the first argument says which of these. */
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <marey.h>
#include <marey/sat.h>

#ifdef __cplusplus
extern "C"
#endif
void other_part(uint64_t n);

static volatile uint64_t alarms;

static void on_alarm(int number)
{
    uint64_t n = alarms;
    (void)number;
    alarms = n + 1;
    MAREY_EVENT("t:alarm", (u64, n, n), (string, text, "from an alarm"), (u64, seven, 7 * n));
}

static void one_of_each(void)
{
    static const uint32_t words[] = {1, 256};
    char text[3000];
    size_t at;
    for (at = 0; at < sizeof text - 2; at += 2)
        memcpy(text + at, "\xc3\xbc", 3);
    MAREY_EVENT("t:unsigned", (u8, a, 1), (u16, b, 2), (u32, c, UINT32_MAX), (u64, d, UINT64_MAX),
                (flag, e, 5));
    MAREY_EVENT("t:signed", (i8, a, -1), (i16, b, INT16_MIN), (i32, c, INT32_MIN),
                (i64, d, INT64_MIN));
    MAREY_EVENT_AT(MAREY_LEVEL_WARN, "t:other", (f32, a, 1.5f), (f64, b, 2.25), (string, c, "text"),
                   (string, none, NULL), (address, p, 4096));
    MAREY_EVENT("t:long", (string, text, text), (bytes, bytes, marey_span("\1\2", 2)),
                (words, words, marey_words(words, 2)));
    MAREY_EVENT("none");
    other_part(5);
    marey_sat_simple(111, 1, 11);
    marey_sat_combined(1024 + 7, words, 2);
    marey_sat_string(555, "Hello world");
    marey_sat_function_enter((void *)16384, (void *)20480);
    marey_sat_function_exit((void *)16384, (void *)20480);
}

static void counts(uint64_t from, uint64_t count)
{
    uint64_t n;
    for (n = from; n < from + count; n++)
        MAREY_EVENT("t:count", (u64, n, n), (u32, a, 1), (u32, pid, (uint32_t)getpid()));
}

static int forks(void)
{
    int status = 1;
    pid_t child;
    counts(0, 10);
    child = fork();
    if (child == 0) {
        counts(100, 10);
        _exit(0);
    }
    waitpid(child, &status, 0);
    child = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (child == 0) {
        counts(200, 10);
        _exit(0);
    }
    waitpid(child, &status, 0);
    counts(10, 10);
    return status;
}

static void is_interrupted(void)
{
    const struct itimerval often = {{0, 50}, {0, 50}}, never = {{0, 0}, {0, 0}};
    uint64_t n, start = marey_now();
    signal(SIGALRM, on_alarm);
    setitimer(ITIMER_REAL, &often, NULL);
    for (n = 0; marey_now() - start < 700000000u; n++)
        MAREY_EVENT("t:main", (u64, n, n), (string, text, "a text"), (u64, seven, 7 * n));
    setitimer(ITIMER_REAL, &never, NULL);
    MAREY_EVENT("t:end", (u64, mains, n), (u64, alarms, alarms));
}

static void *a_thread(void *from)
{
    counts((uint64_t)(uintptr_t)from, 10);
    return NULL;
}

static int threads(void)
{
    uintptr_t nth;
    for (nth = 0; nth < 500; nth++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, a_thread, (void *)(nth * 10)) != 0)
            return 1;
        pthread_join(thread, NULL);
    }
    return 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    marey_init();
    if (strcmp(what, "one-of-each") == 0)
        one_of_each();
    else if (strcmp(what, "counts") == 0)
        counts(0, strtoull(argv[2], NULL, 10));
    else if (strcmp(what, "forks") == 0)
        return forks();
    else if (strcmp(what, "is-interrupted") == 0)
        is_interrupted();
    else if (strcmp(what, "threads") == 0)
        return threads();
    else
        return 2;
    return marey_lost() > 0;
}
