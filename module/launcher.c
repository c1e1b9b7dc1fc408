/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * qemu-buslogic: the installed QEMU, with the BusLogic adapter
 *
 * Replaces itself by QEMU with the module preloaded, so that arguments,
 * process id, signals and exit status are QEMU's own.  A program rather than
 * a shell script, because LD_PRELOAD must not reach anything but QEMU.
 */

#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <link.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "built-for.h"
#include "identity.h"

#define MODULE "hw-scsi-buslogic.so"
#define NOTES_MAX 4096

static void __attribute__((noreturn, format(printf, 1, 2)))
die(const char *format, ...)
{
    va_list ap;

    fputs("buslogic: ", stderr);
    va_start(ap, format);
    vfprintf(stderr, format, ap);
    va_end(ap);
    fputc('\n', stderr);
    exit(EXIT_FAILURE);
}

static char *join(const char *a, const char *between, const char *b)
{
    char *result;

    if (asprintf(&result, "%s%s%s", a, between, b) < 0) {
        die("out of memory");
    }
    return result;
}

/*
 * The module is next to this program in the build directory, and in the
 * library directory of the same prefix once installed.
 */
static char *find_module(void)
{
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
    char *directory, *module;

    if (length < 0) {
        die("cannot find the module: /proc is not mounted");
    }
    self[length] = '\0';
    directory = dirname(self);

    module = join(directory, "/", MODULE);
    if (access(module, R_OK)) {
        free(module);
        module = join(directory, "/", MODULE_FROM_BINDIR "/" MODULE);
    }
    if (access(module, R_OK)) {
        die("%s is neither in %s nor in %s/%s: run \"make\" or "
            "\"make install\" again", MODULE, directory, directory,
            MODULE_FROM_BINDIR);
    }
    if (strpbrk(module, ": ")) {
        die("%s: the dynamic linker cannot preload a file with a space or "
            "a colon in its path: move it", module);
    }
    return module;
}

/* Writes the build-id of the ELF program @path to @id, if it has one. */
static void read_build_id(const char *path, char id[BUILD_ID_MAX])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ElfW(Ehdr) header;
    ElfW(Phdr) ph;
    unsigned char notes[NOTES_MAX];

    if (fd < 0) {
        die("%s: %s: install Debian's qemu-system-x86, or set QEMU to the "
            "path of QEMU", path, strerror(errno));
    }
    if (pread(fd, &header, sizeof(header), 0) == sizeof(header) &&
        !memcmp(header.e_ident, ELFMAG, SELFMAG)) {
        for (int i = 0; i < header.e_phnum; i++) {
            off_t offset = header.e_phoff + (off_t)i * header.e_phentsize;
            ssize_t size;

            if (pread(fd, &ph, sizeof(ph), offset) != sizeof(ph)) {
                break;
            }
            size = ph.p_filesz < NOTES_MAX ? ph.p_filesz : NOTES_MAX;
            if (ph.p_type == PT_NOTE &&
                pread(fd, notes, size, ph.p_offset) == size &&
                identity_from_notes(notes, size, id)) {
                break;
            }
        }
    }
    close(fd);
}

/* Returns what "@qemu --version" says about itself in its first line. */
static const char *ask_version(const char *qemu)
{
    static char line[256];
    FILE *output;
    int fds[2];
    pid_t pid;

    if (pipe(fds) || (pid = fork()) < 0) {
        die("cannot start %s: %s", qemu, strerror(errno));
    }
    if (!pid) {
        dup2(fds[1], STDOUT_FILENO);
        close(fds[0]);
        close(fds[1]);
        /* What it complains about is not what the user asked for. */
        if (!freopen("/dev/null", "w", stderr)) {
            _exit(EXIT_FAILURE);
        }
        unsetenv("QEMU");
        execl(qemu, qemu, "--version", NULL);
        _exit(EXIT_FAILURE);
    }
    close(fds[1]);
    output = fdopen(fds[0], "r");
    if (!output || !fgets(line, sizeof(line), output)) {
        strcpy(line, "no QEMU");
    }
    waitpid(pid, NULL, 0);
    line[strcspn(line, "\n")] = '\0';
    return line;
}

/* Whether @path is this program, which would start itself over and over */
static bool is_self(const char *path)
{
    struct stat self, other;

    return !stat("/proc/self/exe", &self) && !stat(path, &other) &&
           self.st_dev == other.st_dev && self.st_ino == other.st_ino;
}

static void check_build(const char *qemu)
{
    char id[BUILD_ID_MAX] = "unknown";

    if (is_self(qemu)) {
        die("QEMU is set to %s, which is not a QEMU: it starts the one that "
            "QEMU is set to", qemu);
    }
    read_build_id(qemu, id);
    if (!identity_matches(id)) {
        identity_report_mismatch(qemu, ask_version(qemu), id);
        exit(EXIT_FAILURE);
    }
}

int main(int argc, char **argv)
{
    const char *qemu = getenv("QEMU");
    const char *preload = getenv("LD_PRELOAD");
    char *module = find_module();

    (void)argc;
    if (!qemu || !*qemu) {
        qemu = BUILT_FOR_QEMU;
    }
    check_build(qemu);

    /* Last, as some libraries insist on being the first (AddressSanitizer). */
    if (preload && *preload) {
        module = join(preload, ":", module);
    }
    setenv("LD_PRELOAD", module, 1);
    argv[0] = (char *)qemu;
    execv(qemu, argv);
    die("%s: %s", qemu, strerror(errno));
}
