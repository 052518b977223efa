/* A plugin for QEMU's user-mode emulation that counts the instructions that are executed, and
   tells the count whenever the program asks the kernel for pins or sends something to systemd.

   Debian ships no header for plugins, so what is used of interface version 1
   (QEMU 6 and newer; see "TCG Plugins" in QEMU's documentation) is declared here. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
typedef void (*on_translation)(plugin_id, struct qemu_plugin_tb *);
typedef void (*on_exit)(plugin_id, void *);
typedef void (*on_system_call)(plugin_id, unsigned cpu, int64_t number, uint64_t, uint64_t,
                               uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);

extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, on_translation);
extern void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *, int add_u64, void *,
                                                     uint64_t);
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
extern void qemu_plugin_register_vcpu_syscall_cb(plugin_id, on_system_call);
extern void qemu_plugin_register_atexit_cb(plugin_id, on_exit, void *);

int qemu_plugin_version = 1;

/* Of Linux on 32-bit ARM. */
enum { IOCTL = 54, SEND = 289, PINS = 0xb4 };

static uint64_t instructions;

static void count_block(plugin_id id, struct qemu_plugin_tb *block) {
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_inline(block, 0, &instructions,
                                             qemu_plugin_tb_n_insns(block));
}

static void look(plugin_id id, unsigned cpu, int64_t number, uint64_t file, uint64_t second,
                 uint64_t third, uint64_t d, uint64_t e, uint64_t f, uint64_t g, uint64_t h) {
    (void)id, (void)cpu, (void)file, (void)d, (void)e, (void)f, (void)g, (void)h;
    if (number == IOCTL && (second >> 8 & 0xff) == PINS)
        fprintf(stderr, "pins %" PRIu64 "\n", instructions);
    if (number == SEND)
        fprintf(stderr, "sent %" PRIu64 " %" PRIu64 "\n", instructions, third);
}

static void tell(plugin_id id, void *nothing) {
    (void)id, (void)nothing;
    fprintf(stderr, "instructions %" PRIu64 "\n", instructions);
}

int qemu_plugin_install(plugin_id id, const void *info, int count, char **options) {
    (void)info, (void)count, (void)options;
    qemu_plugin_register_vcpu_tb_trans_cb(id, count_block);
    qemu_plugin_register_vcpu_syscall_cb(id, look);
    qemu_plugin_register_atexit_cb(id, tell, NULL);
    return 0;
}
