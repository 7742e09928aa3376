/* Stands between a program and the C library and makes calls that change a disk fail, or end the process, at a chosen one.
 *
 * Loaded with LD_PRELOAD; armed by fault_arm(). Only calls that concern files below one folder are counted: opening for
 * writing, write, fsync, rename, unlink, mkdir, rmdir, truncate, chmod. SQLite and Arrow come through here as Python does.
 * With a log, every call is noted, so that a power cut can be played: what was written and not flushed is lost.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { COUNT, FAIL_ONCE, FAIL_FROM, KILL, TORN };
static char root[PATH_MAX];
static size_t root_length;
static long calls, at;
static int error, mode, log_fd = -1;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

void fault_arm(const char *folder, long n, int number, int how, const char *log) {
    calls = 0; at = n; error = number; mode = how;
    snprintf(root, sizeof root, "%s", folder);
    root_length = strlen(root);
    if (log) log_fd = REAL(open)(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}
long fault_calls(void) { return calls; }

static int concerns(const char *path) {
    char full[PATH_MAX], folder[PATH_MAX];
    if (!root_length || !path) return 0;
    if (path[0] != '/') {
        if (!getcwd(folder, sizeof folder)) return 0;
        if (snprintf(full, sizeof full, "%s/%s", folder, path) >= (int)sizeof full) return 0;
        path = full;
    }
    return !strncmp(path, root, root_length) && (path[root_length] == '/' || !path[root_length]);
}
static int path_of(int fd, char *path) {
    char link[64];
    if (!root_length) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, PATH_MAX - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    return concerns(path);
}
static void at_path(int dir, const char *name, char *path) {
    char folder[PATH_MAX], link[64];
    if (name[0] == '/' || dir == AT_FDCWD) { snprintf(path, PATH_MAX, "%s", name); return; }
    snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
    ssize_t n = readlink(link, folder, sizeof folder - 1);
    folder[n > 0 ? n : 0] = 0;
    if (snprintf(path, PATH_MAX, "%s/%s", folder, name) >= PATH_MAX) path[0] = 0;
}
static void note(char what, const char *a, const char *b, long size) {
    if (log_fd < 0) return;
    char line[2 * PATH_MAX + 64];
    int n = snprintf(line, sizeof line, "%c\t%ld\t%s\t%s\n", what, size, a, b ? b : "");
    if (REAL(write)(log_fd, line, n) < 0) abort();
}
/* 1 where this call is to fail; does not return where the process ends here. */
static int strikes(void) {
    long n = __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
    if ((mode == FAIL_ONCE && n == at) || (mode == FAIL_FROM && n >= at)) { errno = error; return 1; }
    if (mode == KILL && n == at) raise(SIGKILL);
    return 0;
}
static size_t torn(size_t size) {
    long n = __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
    if ((mode == FAIL_ONCE && n == at) || (mode == FAIL_FROM && n >= at)) { errno = error; return (size_t)-1; }
    if (mode == KILL && n == at) raise(SIGKILL);
    return mode == TORN && n == at ? size / 2 : size;
}

static int opened(int fd, const char *path, int flags) {
    struct stat s;
    if (fd >= 0 && flags & (O_CREAT | O_TRUNC) && !fstat(fd, &s)) note('O', path, 0, (long)s.st_size);
    return fd;
}
#define WRITES(flags) ((flags) & (O_CREAT | O_TRUNC | O_WRONLY | O_RDWR))
#define OPEN(name)                                                                      \
    int name(const char *path, int flags, ...) {                                        \
        va_list list; va_start(list, flags);                                            \
        int bits = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, int) : 0; va_end(list); \
        if (!WRITES(flags) || !concerns(path)) return REAL(name)(path, flags, bits);    \
        return strikes() ? -1 : opened(REAL(name)(path, flags, bits), path, flags);     \
    }
OPEN(open)
OPEN(open64)
#define OPENAT(name)                                                                         \
    int name(int dir, const char *file, int flags, ...) {                                    \
        va_list list; va_start(list, flags);                                                 \
        int bits = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, int) : 0; va_end(list);      \
        char path[PATH_MAX]; at_path(dir, file, path);                                       \
        if (!WRITES(flags) || !concerns(path)) return REAL(name)(dir, file, flags, bits);    \
        return strikes() ? -1 : opened(REAL(name)(dir, file, flags, bits), path, flags);     \
    }
OPENAT(openat)
OPENAT(openat64)

#define WRITTEN(fd, call, size)                                        \
    char path[PATH_MAX];                                               \
    if (!path_of(fd, path)) return call(size);                         \
    size_t whole = size, part = torn(whole);                           \
    if (part == (size_t)-1) return -1;                                 \
    note('W', path, 0, 0);                                             \
    ssize_t done = call(part);                                         \
    if (part != whole) raise(SIGKILL);                                 \
    return done;
ssize_t write(int fd, const void *data, size_t size) {
#define CALL(n) REAL(write)(fd, data, n)
    WRITTEN(fd, CALL, size)
#undef CALL
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) {
#define CALL(n) REAL(pwrite)(fd, data, n, offset)
    WRITTEN(fd, CALL, size)
#undef CALL
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
#define CALL(n) REAL(pwrite64)(fd, data, n, offset)
    WRITTEN(fd, CALL, size)
#undef CALL
}
ssize_t writev(int fd, const struct iovec *parts, int n) {
    char path[PATH_MAX];
    if (path_of(fd, path)) { if (strikes()) return -1; note('W', path, 0, 0); }
    return REAL(writev)(fd, parts, n);
}

static int synced(int fd, int result, const char *path) {
    struct stat s;
    if (!result && !fstat(fd, &s)) note('S', path, 0, (long)s.st_size);
    return result;
}
#define SYNC(name)                                                   \
    int name(int fd) {                                               \
        char path[PATH_MAX];                                         \
        if (!path_of(fd, path)) return REAL(name)(fd);               \
        return strikes() ? -1 : synced(fd, REAL(name)(fd), path);    \
    }
SYNC(fsync)
SYNC(fdatasync)
#define TRUNCATE(name, offset)                                                       \
    int name(int fd, offset size) {                                                  \
        char path[PATH_MAX];                                                         \
        if (!path_of(fd, path)) return REAL(name)(fd, size);                         \
        if (strikes()) return -1;                                                    \
        note('T', path, 0, (long)size);                                              \
        return REAL(name)(fd, size);                                                 \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

int rename(const char *a, const char *b) {
    if (concerns(a) || concerns(b)) { if (strikes()) return -1; note('R', a, b, 0); }
    return REAL(rename)(a, b);
}
int renameat(int d, const char *a, int e, const char *b) {
    char x[PATH_MAX], y[PATH_MAX]; at_path(d, a, x); at_path(e, b, y);
    if (concerns(x) || concerns(y)) { if (strikes()) return -1; note('R', x, y, 0); }
    return REAL(renameat)(d, a, e, b);
}
#define ONE(name, letter)                                                             \
    int name(const char *path) {                                                      \
        if (concerns(path)) { if (strikes()) return -1; note(letter, path, 0, 0); }   \
        return REAL(name)(path);                                                      \
    }
ONE(unlink, 'U')
ONE(rmdir, 'D')
int unlinkat(int dir, const char *name, int flags) {
    char path[PATH_MAX]; at_path(dir, name, path);
    if (concerns(path)) { if (strikes()) return -1; note('U', path, 0, 0); }
    return REAL(unlinkat)(dir, name, flags);
}
int mkdir(const char *path, mode_t bits) {
    if (concerns(path) && strikes()) return -1;
    return REAL(mkdir)(path, bits);
}
int mkdirat(int dir, const char *name, mode_t bits) {
    char path[PATH_MAX]; at_path(dir, name, path);
    if (concerns(path) && strikes()) return -1;
    return REAL(mkdirat)(dir, name, bits);
}
int chmod(const char *path, mode_t bits) {
    if (concerns(path) && strikes()) return -1;
    return REAL(chmod)(path, bits);
}
int fchmodat(int dir, const char *name, mode_t bits, int flags) {
    char path[PATH_MAX]; at_path(dir, name, path);
    if (concerns(path) && strikes()) return -1;
    return REAL(fchmodat)(dir, name, bits, flags);
}
