/* Makes every fsync and fdatasync slower by SLOW_FSYNC_US microseconds. Preloaded by bin/slow-disk. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static void wait_a_little(void) {
    static long us = -1;
    if (us < 0) {
        const char *text = getenv("SLOW_FSYNC_US");
        us = text ? atol(text) : 0;
    }
    usleep((useconds_t)us);
}

int fsync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    wait_a_little();
    return real(fd);
}

int fdatasync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    wait_a_little();
    return real(fd);
}
