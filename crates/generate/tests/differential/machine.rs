//! Machines to run tracers on: this one, and others that are emulated.

use std::path::Path;
use std::process::Command;

use marey_ctf::schema::ByteOrder;

/// A machine.
pub struct Machine {
    pub name: &'static str,
    pub order: ByteOrder,
    compiler: &'static [&'static str],
    /// What runs its programs.
    emulator: Option<&'static str>,
}

pub const HOST: Machine =
    Machine { name: "host", order: ByteOrder::Little, compiler: &["gcc"], emulator: None };

pub const S390X: Machine = Machine {
    name: "s390x",
    order: ByteOrder::Big,
    compiler: &["s390x-linux-gnu-gcc", "-static"],
    emulator: Some("qemu-s390x"),
};

pub const ARM: Machine = Machine {
    name: "arm",
    order: ByteOrder::Little,
    compiler: &["arm-linux-gnueabihf-gcc", "-static"],
    emulator: Some("qemu-arm"),
};

impl Machine {
    /// Why there is no such machine here.
    pub fn is_missing(&self) -> Option<String> {
        let programs = self.compiler.first().into_iter().chain(&self.emulator);
        let missing = |program: &&&str| Command::new(program).arg("--version").output().is_err();
        programs.into_iter().find(missing).map(|program| format!("{program} is not here"))
    }

    /// Compiles a driver with its tracer.
    pub fn compile(
        &self,
        folder: &Path,
        file: &str,
        of_tracer: &[&str],
        of_driver: &[&str],
    ) -> Result<(), String> {
        let compiler = || {
            let mut command = Command::new(self.compiler[0]);
            command.current_dir(folder).args(&self.compiler[1..]);
            command
        };
        let mut tracer = compiler();
        tracer.args(["-std=c89", "-O1", "-c", "-o", "tracer.o"]).args(of_tracer);
        finish(tracer.arg(format!("{file}.c")))?;
        let sanitized = of_tracer.iter().filter(|option| option.starts_with("-fsan"));
        let mut driver = compiler();
        driver.args(["-w", "-O0"]).args(of_driver).args(sanitized);
        finish(driver.args(["-o", "driver", "driver.c", "tracer.o"])).map(drop)
    }

    /// Runs a driver, and gives what it says.
    pub fn run(&self, folder: &Path) -> Result<String, String> {
        let program = folder.join("driver");
        let mut command = match self.emulator {
            Some(emulator) => {
                let mut command = Command::new(emulator);
                command.arg(program);
                command
            }
            None => Command::new(program),
        };
        finish(command.current_dir(folder))
    }
}

/// Runs a command, and gives what it says.
pub fn finish(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|e| format!("{command:?}: {e}"))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr))),
    }
}
