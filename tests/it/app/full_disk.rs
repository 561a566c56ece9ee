//! A disk that fills up while pulling: a clear error, and the old facts stand.

use std::fs;
use std::process::Command;

use crate::support::company::Company;

/// A file system of its own, unmounted with the value.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    fn mount(at: std::path::PathBuf, size: &str) -> Option<Self> {
        fs::create_dir_all(&at).unwrap();
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).arg(&at).output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self(at)),
            _ => {
                println!("skipped: a small file system can only be mounted by root");
                None
            }
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_a_pull_without_a_trace() {
    let company = Company::new(2);
    let Some(disk) = SmallDisk::mount(company.path("disk"), "2500k") else { return };
    let database = disk.0.join("merit.db").display().to_string();
    let app = company.load(&database).await;

    let big = Company::new(60);
    fs::copy(big.path("people.csv"), company.path("people.csv")).unwrap();
    fs::copy(big.path("daily.csv"), company.path("daily.csv")).unwrap();
    app.import_roster(&company.path("people.csv"), None, false).await.unwrap();
    let full = fs::File::create(disk.0.join("ballast")).unwrap();
    let free =
        String::from_utf8(Command::new("df").args(["--output=avail", "-B1"]).arg(&disk.0).output().unwrap().stdout);
    let free: u64 = free.unwrap().lines().last().unwrap().trim().parse().unwrap();
    std::io::copy(&mut std::io::Read::take(std::io::repeat(0), free.saturating_sub(150_000)), &mut &full).unwrap();

    let refused = company.pull(&app).await.unwrap_err().to_string();
    assert!(refused.contains("the disk of the database is full; nothing of this step was kept"), "{refused}");
    fs::remove_file(disk.0.join("ballast")).unwrap();
    fs::copy(Company::new(2).path("daily.csv"), company.path("daily.csv")).unwrap();
    let after = company.pull(&app).await.unwrap().pull;
    assert_eq!((after.facts_added, after.facts_changed, after.facts_removed), (0, 0, 0), "the old facts stand");
}
