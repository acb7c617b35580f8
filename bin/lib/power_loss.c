/* Notes all that a program does to the files below POWER_FOLDER, in the order in which it did it, at the end of the file POWER_RECORD.
 * From these notes crates/server/tests/torture/power.rs makes what a disk may hold after a loss of power. Preloaded by it.
 *
 * A note is five words of 64 bits: kind, file (inode), a position, the length of what follows, and the folder (inode) where a name
 * stands. Changes are noted before they are made, under one lock, so that the notes are in the order of the changes and hold them all
 * when the program is killed. A sync covers what was noted before its first note, and only when its second is there. It waits
 * POWER_SYNC_US microseconds instead of for the real disk, whose power does not fail. Every POWER_SYNC_FAILS-th fdatasync of
 * SQLite's log fails: what it should have written is lost, and as with Linux every other descriptor of it hears so once. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CREATE = 1, WRITE, WROTE_LESS, CUT, REMOVE, RENAME, LINK, SYNC, SYNCED, SYNC_FAILED };

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;
static const char *folder;
static int record = -1;
static long sync_us, sync_fails;
static int failures, heard[1024];

__attribute__((constructor)) static void begin(void) {
    const char *us = getenv("POWER_SYNC_US"), *fails = getenv("POWER_SYNC_FAILS");
    sync_us = us ? atol(us) : 0;
    sync_fails = fails ? atol(fails) : 0;
    record = open(getenv("POWER_RECORD"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (record < 0) abort();
    folder = getenv("POWER_FOLDER");
}

static int inside(const char *path) {
    size_t n = folder ? strlen(folder) : 0;
    return n && !strncmp(path, folder, n) && (!path[n] || path[n] == '/');
}

/* 2 for SQLite's log. */
static int ours(int fd, struct stat *s) {
    char link[40], path[PATH_MAX];
    if (!folder || fd < 3 || fstat(fd, s) || !(S_ISREG(s->st_mode) || S_ISDIR(s->st_mode))) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    path[n < 0 ? 0 : n] = 0;
    return inside(path) ? 1 + (n > 4 && !strcmp(path + n - 4, "-wal")) : 0;
}

static void note(uint64_t kind, uint64_t file, uint64_t at, const void *data, size_t length, uint64_t parent) {
    uint64_t head[5] = {kind, file, at, length, parent};
    struct iovec parts[2] = {{head, sizeof head}, {(void *)data, length}};
    /* The record must hold everything, or it says nothing. */
    if (writev(record, parts, 2) != (ssize_t)(sizeof head + length)) abort();
}

static uint64_t parent_of(const char *path) {
    struct stat s;
    char above[PATH_MAX];
    snprintf(above, sizeof above, "%.*s", (int)(strrchr(path, '/') - path), path);
    return stat(above, &s) ? 0 : s.st_ino;
}

static int open_file(int (*real)(int, const char *, int, ...), int at, const char *path, int flags, mode_t mode) {
    if (!inside(path)) return real(at, path, flags, mode);
    struct stat s;
    pthread_mutex_lock(&order);
    int there = !stat(path, &s) || !(flags & O_CREAT);
    if (there && flags & O_TRUNC) note(CUT, s.st_ino, 0, 0, 0, 0);
    int fd = real(at, path, flags, mode), error = errno;
    if (!there && fd >= 0 && !fstat(fd, &s)) note(CREATE, s.st_ino, 0, path, strlen(path), parent_of(path));
    if (fd >= 0) heard[fd % 1024] = failures;
    pthread_mutex_unlock(&order);
    errno = error;
    return fd;
}

#define MODE va_list more; va_start(more, flags); mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0; va_end(more)
int open(const char *path, int flags, ...) { MODE; REAL(openat); return open_file(real, AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE; REAL(openat64); return open_file(real, AT_FDCWD, path, flags, mode); }
int openat(int at, const char *path, int flags, ...) { MODE; REAL(openat); return open_file(real, at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE; REAL(openat64); return open_file(real, at, path, flags, mode); }

static ssize_t wrote(ssize_t done, size_t length, struct stat *s, off_t at) {
    int error = errno;
    if (done != (ssize_t)length) note(WROTE_LESS, s->st_ino, at, 0, 0, done < 0 ? 0 : done);
    pthread_mutex_unlock(&order);
    errno = error;
    return done;
}

ssize_t write(int fd, const void *data, size_t length) {
    REAL(write);
    struct stat s;
    if (!ours(fd, &s)) return real(fd, data, length);
    pthread_mutex_lock(&order);
    off_t at = lseek(fd, 0, fcntl(fd, F_GETFL) & O_APPEND ? SEEK_END : SEEK_CUR);
    note(WRITE, s.st_ino, at, data, length, 0);
    return wrote(real(fd, data, length), length, &s, at);
}

#define PWRITE(name) ssize_t name(int fd, const void *data, size_t length, off_t at) { \
    REAL(name); \
    struct stat s; \
    if (!ours(fd, &s)) return real(fd, data, length, at); \
    pthread_mutex_lock(&order); \
    note(WRITE, s.st_ino, at, data, length, 0); \
    return wrote(real(fd, data, length, at), length, &s, at); \
}
PWRITE(pwrite)
PWRITE(pwrite64)

#define FTRUNCATE(name) int name(int fd, off_t length) { \
    REAL(name); \
    struct stat s; \
    if (!ours(fd, &s)) return real(fd, length); \
    pthread_mutex_lock(&order); \
    note(CUT, s.st_ino, length, 0, 0, 0); \
    int done = real(fd, length), error = errno; \
    /* Only growing can fail. */ \
    if (done) note(CUT, s.st_ino, s.st_size, 0, 0, 0); \
    pthread_mutex_unlock(&order); \
    errno = error; \
    return done; \
}
FTRUNCATE(ftruncate)
FTRUNCATE(ftruncate64)

int unlink(const char *path) {
    REAL(unlink);
    struct stat s;
    if (!inside(path)) return real(path);
    pthread_mutex_lock(&order);
    if (!stat(path, &s)) note(REMOVE, s.st_ino, 0, path, strlen(path), parent_of(path));
    int done = real(path), error = errno;
    pthread_mutex_unlock(&order);
    errno = error;
    return done;
}

/* Both names, with a zero between. */
static void note_two(int kind, const char *from, const char *to) {
    struct stat s;
    char names[2 * PATH_MAX];
    if (stat(from, &s)) return;
    int n = snprintf(names, sizeof names, "%s%c%s", from, 0, to);
    note(kind, s.st_ino, 0, names, n, parent_of(to));
}

int rename(const char *from, const char *to) {
    REAL(rename);
    if (!inside(to)) return real(from, to);
    pthread_mutex_lock(&order);
    note_two(RENAME, from, to);
    int done = real(from, to), error = errno;
    pthread_mutex_unlock(&order);
    errno = error;
    return done;
}

int linkat(int from_at, const char *from, int to_at, const char *to, int flags) {
    REAL(linkat);
    if (!inside(to)) return real(from_at, from, to_at, to, flags);
    pthread_mutex_lock(&order);
    note_two(LINK, from, to);
    int done = real(from_at, from, to_at, to, flags), error = errno;
    pthread_mutex_unlock(&order);
    errno = error;
    return done;
}

static int sync_file(int fd, struct stat *s, int log, int fails) {
    static uint64_t syncs;
    pthread_mutex_lock(&order);
    uint64_t ticket = (uint64_t)getpid() << 32 | ++syncs;
    note(SYNC, s->st_ino, ticket, 0, 0, 0);
    pthread_mutex_unlock(&order);
    usleep((useconds_t)sync_us);
    pthread_mutex_lock(&order);
    note(fails ? SYNC_FAILED : SYNCED, s->st_ino, ticket, 0, 0, 0);
    failures += fails;
    int bad = log && heard[fd % 1024] != failures;
    heard[fd % 1024] = failures;
    pthread_mutex_unlock(&order);
    errno = EIO;
    return bad ? -1 : 0;
}

int fsync(int fd) {
    REAL(fsync);
    struct stat s;
    int kind = ours(fd, &s);
    return kind ? sync_file(fd, &s, kind == 2, 0) : real(fd);
}

int fdatasync(int fd) {
    REAL(fdatasync);
    static long n;
    struct stat s;
    int kind = ours(fd, &s);
    if (!kind) return real(fd);
    return sync_file(fd, &s, kind == 2, kind == 2 && sync_fails && __atomic_add_fetch(&n, 1, __ATOMIC_RELAXED) % sync_fails == 0);
}
