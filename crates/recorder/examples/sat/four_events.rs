//! SAT's sample `four_events`: four events, with all of their fields, and no others.

mod common;

use std::process::ExitCode;

use marey_recorder::error::Error;
use marey_recorder::texts::Draft;

fn main() -> ExitCode {
    common::run(draft())
}

fn draft() -> Result<Draft, Error> {
    Draft::new()?
        .event("sched:sched_switch")? // THRUNNING
        .event("task:task_newtask")? // THCREATE
        .event("sched:sched_process_exec")? // PROCCREATE_NAME
        .event("syscalls:sys_exit_read")? // KERCALLEXIT, __KER_MSG_READV
        .rule("wide all")
}
