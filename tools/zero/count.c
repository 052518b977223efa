/* A plugin for QEMU's user-mode emulation that counts executed instructions.

   Debian ships no header for plugins, so what is used of interface version 1
   (QEMU 6 and newer; see "TCG Plugins" in QEMU's documentation) is declared here. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
typedef void (*on_translation)(plugin_id, struct qemu_plugin_tb *);
typedef void (*on_exit)(plugin_id, void *);

extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, on_translation);
extern void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *, int add_u64, void *,
                                                     uint64_t);
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
extern void qemu_plugin_register_atexit_cb(plugin_id, on_exit, void *);

int qemu_plugin_version = 1;

static uint64_t instructions;

static void count_block(plugin_id id, struct qemu_plugin_tb *block) {
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_inline(block, 0, &instructions,
                                             qemu_plugin_tb_n_insns(block));
}

static void tell(plugin_id id, void *nothing) {
    (void)id, (void)nothing;
    fprintf(stderr, "instructions %" PRIu64 "\n", instructions);
}

int qemu_plugin_install(plugin_id id, const void *info, int count, char **options) {
    (void)info, (void)count, (void)options;
    qemu_plugin_register_vcpu_tb_trans_cb(id, count_block);
    qemu_plugin_register_atexit_cb(id, tell, NULL);
    return 0;
}
