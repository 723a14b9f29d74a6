import type { Program } from '../machine/program.ts';
import type { ProgramSet } from './registry.ts';

/** The programs of `names` that there are. */
export function pick(programs: ProgramSet, names: Iterable<string>): Map<string, Program> {
  const picked = new Map<string, Program>();
  for (const name of names) {
    const program = programs.get(name);
    if (program) picked.set(name, program);
  }
  return picked;
}

/** What Debian's and Ubuntu's base images carry (coreutils, dash, bash, grep, sed, mawk, util-linux): no ping, no curl, no ps. */
export const DEBIAN_PROGRAMS: readonly string[] =
  `sh bash dash cat ls cp mv rm mkdir rmdir touch echo printf grep egrep fgrep sed awk mawk sort uniq wc head tail cut tr xargs
  seq sleep date test [ true false env printenv export hostname id whoami base64 pwd dirname basename tee find tac rev nl expr
  ln chmod chown df du uname stat readlink realpath md5sum sha1sum sha256sum yes timeout nproc stty tty mktemp kill getent
  gzip tar split paste join comm fold expand cmp diff`.split(/\s+/);

/** The applets of busybox that matter. */
export const BUSYBOX_PROGRAMS: readonly string[] =
  `sh ash cat ls cp mv rm mkdir rmdir touch echo printf grep egrep fgrep sed awk sort uniq wc head tail cut tr xargs seq sleep
  date test [ true false env printenv hostname id whoami base64 pwd dirname basename tee find tac rev nl expr ln chmod chown df du
  uname stat readlink realpath md5sum sha1sum sha256sum yes timeout nproc kill ps top free wget nslookup ping nc vi ip
  ifconfig netstat route watch which less more uptime dd od hexdump usleep mktemp clear tar gzip httpd traceroute
  telnet pgrep pkill killall mount umount diff cmp paste fold split`.split(/\s+/);
