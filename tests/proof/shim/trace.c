/* Runs a program and watches what it asks of the files beneath a folder: each call is numbered, and written to a log with its
 * data; the program is killed before the n-th, or the n-th fails, or is cut short.
 *
 *   trace record  ROOT LOG PROGRAM…
 *   trace kill:N  ROOT LOG PROGRAM…      SIGKILL before the N-th call that changes something
 *   trace fail:N:ERRNO  ROOT LOG PROGRAM…   the N-th call of any kind fails
 *   trace from:N:ERRNO  ROOT LOG PROGRAM…   so do all after it that are of its kind or write
 *   trace short:N ROOT LOG PROGRAM…      the N-th call writes half of what it was to write
 *
 * By ptrace and not by a preloaded library: some crates make their calls without the C library, and a kill or a fault at
 * any of these has to be tried as well.
 *
 * A record of the log is a line `call result a b length1 length2 length3`, the two paths and the data of these lengths, and
 * an end of line. Exit code: that of the program, 128 and the signal, or 125 where it could not be traced. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RECORD, KILL, FAIL, FROM, SHORT };

static int mode, code;
static long at, counted;
static char root[PATH_MAX];
static size_t root_length;
static FILE *out;
static pid_t first;

static const int watched[] = {
    SYS_open, SYS_openat, SYS_creat, SYS_read, SYS_pread64, SYS_readv, SYS_write, SYS_pwrite64, SYS_writev, SYS_fsync,
    SYS_fdatasync, SYS_sync_file_range, SYS_ftruncate, SYS_fallocate, SYS_rename, SYS_renameat, SYS_renameat2, SYS_link,
    SYS_linkat, SYS_unlink, SYS_unlinkat, SYS_mkdir, SYS_mkdirat, SYS_rmdir, SYS_symlink, SYS_symlinkat,
    SYS_copy_file_range, SYS_sendfile,
};

/* A call between its beginning and its end. */
struct call {
    pid_t pid;
    int is_open;
    const char *name;
    long a, b;
    char one[PATH_MAX], two[PATH_MAX];
    char *data;
    long length;
    int fd;
};
static struct call calls[64];

static void give_up(const char *what) {
    perror(what);
    exit(125);
}

static struct call *call_of(pid_t pid) {
    struct call *unused = NULL;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (calls[i].pid == pid) return &calls[i];
        if (!calls[i].pid) unused = &calls[i];
    }
    if (!unused) give_up("too many threads");
    unused->pid = pid;
    return unused;
}

static long peek(pid_t pid, uintptr_t from, void *to, size_t length) {
    struct iovec here = {to, length}, there = {(void *)from, length};
    return process_vm_readv(pid, &here, 1, &there, 1, 0);
}

/* A text of the program's memory; page by page, since what lies behind it need not be there. */
static void text(pid_t pid, uintptr_t from, char *to) {
    size_t length = 0;
    while (length < PATH_MAX - 1) {
        size_t part = 4096 - (from + length) % 4096;
        if (part > PATH_MAX - 1 - length) part = PATH_MAX - 1 - length;
        if (peek(pid, from + length, to + length, part) <= 0) break;
        if (memchr(to + length, 0, part)) return;
        length += part;
    }
    to[length] = 0;
}

static void link_of(pid_t pid, const char *what, int fd, char *to) {
    char name[64];
    if (fd >= 0) snprintf(name, sizeof name, "/proc/%d/fd/%d", pid, fd);
    else snprintf(name, sizeof name, "/proc/%d/%s", pid, what);
    ssize_t length = readlink(name, to, PATH_MAX - 1);
    to[length > 0 ? length : 0] = 0;
}

/* The path that a call means: absolute, without `.` between slashes. */
static void path_of(pid_t pid, int folder, uintptr_t from, char *to) {
    char said[PATH_MAX], whole[2 * PATH_MAX];
    text(pid, from, said);
    if (said[0] == '/') snprintf(whole, sizeof whole, "%s", said);
    else {
        char base[PATH_MAX];
        if (folder == AT_FDCWD) link_of(pid, "cwd", -1, base);
        else link_of(pid, NULL, folder, base);
        snprintf(whole, sizeof whole, "%s/%s", base, said);
    }
    size_t n = 0;
    for (const char *c = whole; *c && n < PATH_MAX - 1;) {
        if (c[0] == '/' && (c[1] == '/' || (c[1] == '.' && (c[2] == '/' || !c[2])))) c += c[1] == '/' ? 1 : 2;
        else to[n++] = *c++;
    }
    to[n] = 0;
}

static int is_inside(const char *path) {
    return !strncmp(path, root, root_length) && (!path[root_length] || path[root_length] == '/');
}

static int ends_with(const char *path, const char *end) {
    size_t length = strlen(path), of_end = strlen(end);
    return length >= of_end && !strcmp(path + length - of_end, end);
}

static long position(pid_t pid, int fd) {
    char name[64];
    long at = 0;
    snprintf(name, sizeof name, "/proc/%d/fdinfo/%d", pid, fd);
    FILE *info = fopen(name, "r");
    if (!info) return 0;
    if (fscanf(info, "pos: %ld", &at) != 1) at = 0;
    fclose(info);
    return at;
}

static void take(struct call *call, pid_t pid, uintptr_t from, long length) {
    call->data = malloc(length > 0 ? length : 1);
    call->length = length > 0 ? peek(pid, from, call->data, length) : 0;
    if (call->length < 0) call->length = 0;
}

static void take_vector(struct call *call, pid_t pid, uintptr_t from, long count) {
    struct iovec parts[64];
    if (count > 64 || peek(pid, from, parts, count * sizeof *parts) < 0) return;
    long whole = 0;
    for (long i = 0; i < count; i++) whole += parts[i].iov_len;
    call->data = malloc(whole + 1);
    for (long i = 0; i < count; i++) {
        long got = peek(pid, (uintptr_t)parts[i].iov_base, call->data + call->length, parts[i].iov_len);
        if (got > 0) call->length += got;
    }
}

/* What a call is about, or no name where it is none of ours. */
static void look(struct call *call, pid_t pid, const struct user_regs_struct *r) {
    int is_write = 0;
    long size = -1;
    call->name = NULL, call->fd = -1, call->a = call->b = 0, call->one[0] = call->two[0] = 0;
    call->data = NULL, call->length = 0;
    switch (r->orig_rax) {
    case SYS_open: case SYS_openat: case SYS_creat: {
        int at = r->orig_rax == SYS_openat;
        long flags = r->orig_rax == SYS_creat ? O_CREAT | O_TRUNC | O_WRONLY : at ? r->rdx : r->rsi;
        struct stat meta;
        path_of(pid, at ? (int)r->rdi : AT_FDCWD, at ? r->rsi : r->rdi, call->one);
        int is_there = !lstat(call->one, &meta);
        int makes = (flags & O_CREAT) && !is_there, empties = (flags & O_TRUNC) && is_there;
        call->name = makes ? "make" : empties ? "empty" : "open";
        break;
    }
    case SYS_read: case SYS_pread64: case SYS_readv:
        link_of(pid, NULL, r->rdi, call->one), call->name = "read";
        break;
    case SYS_write: case SYS_writev: is_write = 1, size = -1; break;
    case SYS_pwrite64: is_write = 1, size = r->r10; break;
    case SYS_fsync: case SYS_fdatasync: case SYS_sync_file_range:
        link_of(pid, NULL, r->rdi, call->one), call->name = r->orig_rax == SYS_sync_file_range ? "open" : "sync";
        break;
    case SYS_ftruncate:
        link_of(pid, NULL, r->rdi, call->one), call->name = "size", call->a = r->rsi;
        break;
    case SYS_fallocate:
        link_of(pid, NULL, r->rdi, call->one), call->name = "grow", call->a = r->rdx + r->r10;
        break;
    case SYS_rename: case SYS_link: case SYS_symlink:
        path_of(pid, AT_FDCWD, r->rdi, call->one), path_of(pid, AT_FDCWD, r->rsi, call->two);
        call->name = r->orig_rax == SYS_rename ? "rename" : r->orig_rax == SYS_link ? "link" : "symlink";
        break;
    case SYS_renameat: case SYS_renameat2: case SYS_linkat:
        path_of(pid, r->rdi, r->rsi, call->one), path_of(pid, r->rdx, r->r10, call->two);
        call->name = r->orig_rax == SYS_linkat ? "link" : "rename";
        break;
    case SYS_symlinkat:
        path_of(pid, r->rsi, r->rdx, call->two), call->name = "symlink";
        break;
    case SYS_unlink: case SYS_rmdir:
        path_of(pid, AT_FDCWD, r->rdi, call->one), call->name = "unlink";
        break;
    case SYS_unlinkat: path_of(pid, r->rdi, r->rsi, call->one), call->name = "unlink"; break;
    case SYS_mkdir: path_of(pid, AT_FDCWD, r->rdi, call->one), call->name = "mkdir"; break;
    case SYS_mkdirat: path_of(pid, r->rdi, r->rsi, call->one), call->name = "mkdir"; break;
    case SYS_copy_file_range: case SYS_sendfile: {
        int to = r->orig_rax == SYS_sendfile ? (int)r->rdi : (int)r->rdx;
        link_of(pid, NULL, to, call->one), call->name = "write", call->a = position(pid, to), call->fd = to;
        break;
    }
    default: return;
    }
    if (is_write) {
        call->name = "write";
        link_of(pid, NULL, r->rdi, call->one);
        if (r->rdi == 1 && !is_inside(call->one)) call->name = "said";
        else if (!is_inside(call->one)) { call->name = NULL; return; }
        if (r->orig_rax == SYS_writev) take_vector(call, pid, r->rsi, r->rdx);
        else take(call, pid, r->rsi, r->rdx);
        call->a = size >= 0 ? size : position(pid, r->rdi);
        return;
    }
    if (!is_inside(call->one) && !is_inside(call->two)) call->name = NULL;
}

/* Whether a kill can tell before it from behind it: SQLite's shared memory is made anew by whoever comes next. */
static int changes(const struct call *call) {
    return strcmp(call->name, "read") && strcmp(call->name, "open") && !ends_with(call->one, "-shm");
}

static void write_down(struct call *call, pid_t pid, long result) {
    if (call->fd >= 0 && result > 0) {
        char name[64];
        snprintf(name, sizeof name, "/proc/%d/fd/%d", pid, call->fd);
        int fd = open(name, O_RDONLY);
        call->data = malloc(result);
        call->length = fd < 0 ? 0 : pread(fd, call->data, result, call->a);
        if (call->length < 0) call->length = 0;
        close(fd);
    }
    long length = !strcmp(call->name, "write") || !strcmp(call->name, "said") ? (result > 0 ? result : 0) : 0;
    if (length > call->length) length = call->length;
    fprintf(out, "%s %ld %ld %ld %zu %zu %ld\n%s%s", call->name, result, call->a, call->b, strlen(call->one),
            strlen(call->two), length, call->one, call->two);
    fwrite(call->data ? call->data : "", 1, length, out);
    fputc('\n', out);
    fflush(out);
    free(call->data);
    call->data = NULL;
}

/* At the beginning of a call. Gives whether its end is to be seen. */
static int begins(pid_t pid) {
    struct user_regs_struct r;
    struct call *call = call_of(pid);
    if (ptrace(PTRACE_GETREGS, pid, 0, &r)) return 0;
    look(call, pid, &r);
    if (!call->name) return 0;
    int is_ours = mode == RECORD || mode == KILL ? changes(call) : 1;
    if (!is_ours) {
        free(call->data);
        call->data = NULL;
        return 0;
    }
    counted++;
    if (mode == KILL && counted == at) {
        kill(first, SIGKILL);
        return 0;
    }
    int is_write = !strcmp(call->name, "write") || !strcmp(call->name, "make") || !strcmp(call->name, "grow") ||
                   !strcmp(call->name, "size") || !strcmp(call->name, "mkdir") || !strcmp(call->name, "link");
    int is_said = !strcmp(call->name, "said");
    if ((mode == FAIL && counted == at) || (mode == FROM && counted >= at && !is_said && (code != ENOSPC || is_write))) {
        /* A call with a number that there is not is left out, and this is what it gives. */
        r.orig_rax = -1;
        r.rax = -(long)code;
        call->b = code;
        ptrace(PTRACE_SETREGS, pid, 0, &r);
        write_down(call, pid, -(long)code);
        return 0;
    }
    if (mode == SHORT && counted == at && r.rdx > 1 && !is_said && !strcmp(call->name, "write")) {
        r.rdx = r.rdx / 2;
        call->b = 1;
        ptrace(PTRACE_SETREGS, pid, 0, &r);
    }
    return 1;
}

static void ends(pid_t pid) {
    struct user_regs_struct r;
    struct call *call = call_of(pid);
    if (!call->name || ptrace(PTRACE_GETREGS, pid, 0, &r)) return;
    write_down(call, pid, (long)r.rax);
}

static void start(char **program) {
    const size_t count = sizeof watched / sizeof *watched;
    struct sock_filter filter[count + 3];
    filter[0] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < count; i++)
        filter[i + 1] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, watched[i], count - i, 0);
    filter[count + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    filter[count + 2] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
    struct sock_fprog all = {count + 3, filter};
    if (ptrace(PTRACE_TRACEME, 0, 0, 0)) _exit(125);
    raise(SIGSTOP);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &all)) _exit(125);
    execv(program[0], program);
    _exit(125);
}

int main(int count, char **words) {
    if (count < 5) return 125;
    if (!strcmp(words[1], "record")) mode = RECORD;
    else if (sscanf(words[1], "kill:%ld", &at) == 1) mode = KILL;
    else if (sscanf(words[1], "fail:%ld:%d", &at, &code) == 2) mode = FAIL;
    else if (sscanf(words[1], "from:%ld:%d", &at, &code) == 2) mode = FROM;
    else if (sscanf(words[1], "short:%ld", &at) == 1) mode = SHORT;
    else return 125;
    snprintf(root, sizeof root, "%s", words[2]);
    root_length = strlen(root);
    if (!(out = fopen(words[3], "we"))) give_up(words[3]);
    /* One that hangs is killed with its tracer. */
    alarm(120);
    first = fork();
    if (!first) start(words + 4);
    int status, result = 125;
    if (waitpid(first, &status, 0) != first || !WIFSTOPPED(status)) return 125;
    long wanted = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACECLONE |
                  PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC;
    if (ptrace(PTRACE_SETOPTIONS, first, 0, wanted)) give_up("ptrace");
    ptrace(PTRACE_CONT, first, 0, 0);
    for (pid_t pid; (pid = waitpid(-1, &status, __WALL)) > 0;) {
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            if (pid == first) result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            call_of(pid)->pid = 0;
            continue;
        }
        int signal = WSTOPSIG(status), event = status >> 16, to_the_end = 0;
        if (event == PTRACE_EVENT_SECCOMP) to_the_end = begins(pid), signal = 0;
        else if (signal == (SIGTRAP | 0x80)) ends(pid), signal = 0;
        else if (event || signal == SIGSTOP) signal = 0;
        ptrace(to_the_end ? PTRACE_SYSCALL : PTRACE_CONT, pid, 0, signal);
    }
    fclose(out);
    return result;
}
