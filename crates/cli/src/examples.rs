//! Examples of each verb: `--help` begins with them, and the manual pages have them.

/// A command, and what it does.
pub type Example = (&'static str, &'static str);

/// Examples of marey as a whole, or of one of its verbs.
pub fn of(verb: Option<&str>) -> &'static [Example] {
    match verb {
        None => &[
            ("marey report trace.pcapng", "what is in here?"),
            ("marey stats --by conversation trace.pcap.zst", "who talks with whom?"),
            ("marey print -v trace.erf.gz", "every record, in full"),
            ("tcpdump -U -w - | marey print -", "live"),
            ("marey report --json captures/", "JSON Lines of all"),
            ("marey generate --example hello", "a tracer for your own program"),
        ],
        Some("report") => &[
            ("marey report trace.pcapng", "what is in here?"),
            ("marey report captures/ 'more/*.erf'", "each of them, then all together"),
            ("marey report --html page.html captures/", "a page for a browser"),
            ("marey report ring:eth0", "what comes in, until Ctrl-C"),
            ("marey report --json trace.pcap | jq .", "for programs"),
        ],
        Some("stats") => &[
            ("marey stats trace.pcapng", "how many packets, how fast?"),
            ("marey stats --by protocol,port trace.pcap.zst", "of what kinds?"),
            ("marey stats --by flow --top 5 trace.erf", "the largest flows"),
            ("marey stats --every 1s --csv trace.pcap > s.csv", "over time"),
            ("marey stats --every 1s ring:eth0", "what comes in, as it comes"),
            ("marey stats --merge --by endpoint a.pcap b.erf", "as one trace"),
        ],
        Some("print") => &[
            ("marey print trace.pcapng", "a line for each record"),
            ("marey print -v trace.erf.gz", "every field and header"),
            ("marey print -x trace.pcap.zst", "the bytes too"),
            ("marey print ring:eth0", "what comes in, as it comes"),
            ("tcpdump -U -w - | marey print -", "the same, of another recorder"),
            ("marey print --json trace.pcapng | jq .", "for programs"),
        ],
        Some("generate") => &[
            ("marey generate --example hello", "a first trace, to be built"),
            ("marey generate -c src -H src -m out t.yaml", ""),
            ("marey generate --ctf 2 t.yaml", "metadata of CTF 2"),
            ("marey generate --dry-run t.yaml", "what would change?"),
            ("marey generate --json t.yaml | jq .", "errors for programs"),
        ],
        Some(verb) if verb.starts_with("config") => of_config(verb),
        Some(verb) if verb.starts_with("record ") => of_recording(verb),
        Some(verb @ ("record" | "repair" | "events" | "check" | "doctor")) => of_recording(verb),
        Some("formats") => &[
            ("marey formats", "what is read"),
            ("marey print erf:- < trace", "read it as ERF, whatever it looks like"),
        ],
        Some("completions") => &[
            ("marey completions bash > /etc/bash_completion.d/marey", ""),
            ("marey completions zsh > ~/.zfunc/_marey", ""),
            ("marey completions fish > ~/.config/fish/completions/marey.fish", ""),
        ],
        Some("man") => &[
            ("marey man | man -l -", "read the manual page"),
            ("marey man print > marey-print.1", "write that of a verb"),
        ],
        Some(_) => &[],
    }
}

/// Examples of `config`, or of one of its verbs.
fn of_config(verb: &str) -> &'static [Example] {
    match verb {
        "config" => &[
            ("marey config check config.yaml", "is it right?"),
            ("marey config show config.yaml", "with all that it includes"),
            ("marey config convert old.yaml -o new.yaml", "version 2 to 3"),
            ("marey config diff old.yaml new.yaml", "wire-compatible?"),
            ("marey config fmt config.yaml", "indentation, spaces"),
            ("marey config schema > config.schema.json", "for an editor"),
        ],
        "config show" => &[
            ("marey config show config.yaml", "with all that it includes"),
            ("marey config show -I common config.yaml", "it includes files of common"),
        ],
        "config version" => &[("marey config version config.yaml", "2 or 3")],
        "config check" => &[
            ("marey config check config.yaml", "is it right?"),
            ("marey config check - < config.yaml", "the standard input"),
            ("marey config check --json config.yaml | jq .", "for programs"),
        ],
        "config convert" => &[
            ("marey config convert old.yaml -o new.yaml", "as barectf 2.3 means it"),
            ("marey config convert --compat 3.1 old.yaml", "as barectf 3.1 reads it"),
        ],
        "config diff" => &[
            ("marey config diff old.yaml new.yaml", "can old traces still be read?"),
            ("marey config diff --json a.yaml b.yaml | jq .", "for programs"),
        ],
        "config fmt" => &[
            ("marey config fmt config.yaml", "changes the file"),
            ("marey config fmt --check *.yaml", "names those that would change"),
            ("marey config fmt - < config.yaml", "to the standard output"),
        ],
        "config schema" => &[("marey config schema > config.schema.json", "for an editor")],
        _ => &[],
    }
}

/// Examples of what has to do with recording.
fn of_recording(verb: &str) -> &'static [Example] {
    match verb {
        "repair" => &[
            ("marey repair recording", "after kill -9, or a power cut"),
            ("marey repair --json recordings/*", "for programs"),
        ],
        "record" => &[
            ("marey record -e sched:sched_switch -s 5", "who ran, in 5 s"),
            ("marey record -e syscall:openat -- ls", "what a command opens"),
            ("marey record -e raw_syscalls:sys_enter -f 'id == 39' -a", "one call"),
            ("marey record -e 'sched:*' --rule 'fast all' -s 5", "with few fields"),
            ("marey record -e 'irq:*' -p 1234 -o irqs", "while a process runs"),
            ("marey record stop irqs", "ends it"),
        ],
        verb if verb.starts_with("record ") => of_control(verb),
        "events" => &[
            ("marey events", "all that can be recorded"),
            ("marey events -v sched:sched_switch", "its fields"),
            ("marey events irq 'sched_*' syscall:openat", ""),
            ("marey events --sat", "classes of QNX"),
        ],
        "doctor" => &[
            ("marey doctor", "can the kernel's events be recorded here?"),
            ("marey doctor > /dev/null && marey record -e irq -s 1", ""),
            ("marey doctor --json | jq .", "for programs"),
        ],
        "check" => &[
            ("marey check handlers.mh", "is it right, and where does it run?"),
            ("marey check -v handlers.mh", "with the names of all events"),
            ("marey check -f 'id == 39' -e raw_syscalls:sys_enter", ""),
            ("marey check --json *.mh | jq .", "for programs"),
        ],
        _ => &[],
    }
}

/// Examples of what a recording is asked for from another terminal.
fn of_control(verb: &str) -> &'static [Example] {
    match verb {
        "record status" => &[
            ("marey record status", "of the directory `recording`"),
            ("marey record status --json irqs | jq .", "for programs"),
        ],
        "record pause" => &[("marey record pause irqs && ./noise && marey record resume irqs", "")],
        "record resume" => &[("marey record resume irqs", "")],
        "record stop" => &[("marey record stop irqs && babeltrace2 irqs/kernel", "")],
        "record rule" => &[
            ("marey record rule irqs 'delete class thread'", "no more of these"),
            ("marey record rule irqs 'pid 42 event sched:*'", "only of this process"),
        ],
        "record snapshot" => &[("marey record snapshot irqs", "")],
        _ => &[],
    }
}

/// The examples as `--help` shows them.
pub fn text(verb: Option<&str>) -> String {
    let examples = of(verb);
    let width = examples.iter().map(|(command, _)| command.len()).max().unwrap_or(0);
    let mut text = String::from(if examples.len() == 1 { "Example:" } else { "Examples:" });
    for (command, what) in examples {
        let line = format!("\n  {command:width$}   {what}");
        text.push_str(line.trim_end());
    }
    text
}
