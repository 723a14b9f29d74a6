import { awk } from './awk.ts';
import { base64 } from './base64.ts';
import { basename } from './basename.ts';
import { cat } from './cat.ts';
import { md5sum, sha1sum, sha256sum } from './checksum.ts';
import { chmod } from './chmod.ts';
import { chown } from './chown.ts';
import { clear } from './clear.ts';
import { cmp } from './cmp.ts';
import { column } from './column.ts';
import { comm } from './comm.ts';
import { cp } from './cp.ts';
import { curl } from './curl.ts';
import { cut } from './cut.ts';
import { date } from './date.ts';
import { df } from './df.ts';
import { diff } from './diff.ts';
import { dig } from './dig.ts';
import { dirname } from './dirname.ts';
import { du } from './du.ts';
import { echo } from './echo.ts';
import { env } from './env.ts';
import { expr } from './expr.ts';
import { falseProgram } from './false.ts';
import { find } from './find.ts';
import { fold } from './fold.ts';
import { free } from './free.ts';
import { getent } from './getent.ts';
import { grep } from './grep.ts';
import { head } from './head.ts';
import { hostname } from './hostname.ts';
import { id } from './id.ts';
import { ip } from './ip.ts';
import { journalctl } from './journalctl.ts';
import { kill } from './kill.ts';
import { less } from './less.ts';
import { ls } from './ls.ts';
import { man } from './man.ts';
import { mkdir } from './mkdir.ts';
import { mktemp } from './mktemp.ts';
import { mv } from './mv.ts';
import { nc } from './nc.ts';
import { nl } from './nl.ts';
import { nohup } from './nohup.ts';
import { nproc } from './nproc.ts';
import { nslookup } from './nslookup.ts';
import { paste } from './paste.ts';
import { ping } from './ping.ts';
import { printenv } from './printenv.ts';
import { printf } from './printf.ts';
import { ps } from './ps.ts';
import { pwd } from './pwd.ts';
import { readlink } from './readlink.ts';
import { realpath } from './realpath.ts';
import { rev } from './rev.ts';
import { rm } from './rm.ts';
import { rmdir } from './rmdir.ts';
import { sed } from './sed.ts';
import { seq } from './seq.ts';
import { shuf } from './shuf.ts';
import { sleep } from './sleep.ts';
import { sort } from './sort.ts';
import { ssh } from './ssh.ts';
import { stat } from './stat.ts';
import { systemctl } from './systemctl.ts';
import { tac } from './tac.ts';
import { tail } from './tail.ts';
import { tar } from './tar.ts';
import { tee } from './tee.ts';
import { test } from './test.ts';
import { timeout } from './timeout.ts';
import { top } from './top.ts';
import { touch } from './touch.ts';
import { tr } from './tr.ts';
import { trueProgram } from './true.ts';
import { tty } from './tty.ts';
import { uname } from './uname.ts';
import { uniq } from './uniq.ts';
import { uptime } from './uptime.ts';
import { watch } from './watch.ts';
import { wc } from './wc.ts';
import { wget } from './wget.ts';
import { which } from './which.ts';
import { whoami } from './whoami.ts';
import { xargs } from './xargs.ts';
import { yes } from './yes.ts';
import { shellProgram } from '../shell/main.ts';
import type { Program } from '../program.ts';

/** Programs by the names under which some image or machine has them; images pick their own set. */
export const ALL_PROGRAMS: ReadonlyMap<string, Program> = new Map<string, Program>(
  Object.entries({
    '[': test,
    ash: shellProgram,
    awk,
    base64,
    basename,
    bash: shellProgram,
    cat,
    chgrp: chown,
    chmod,
    chown,
    clear,
    cmp,
    column,
    comm,
    cp,
    curl,
    cut,
    dash: shellProgram,
    date,
    df,
    diff,
    dig,
    dirname,
    du,
    echo,
    egrep: grep,
    env,
    expr,
    false: falseProgram,
    fgrep: grep,
    find,
    fold,
    free,
    gawk: awk,
    getent,
    grep,
    head,
    hostname,
    id,
    ip,
    journalctl,
    kill,
    less,
    ls,
    man,
    mawk: awk,
    md5sum,
    mkdir,
    mktemp,
    more: less,
    mv,
    nc,
    nl,
    nohup,
    nproc,
    nslookup,
    paste,
    ping,
    printenv,
    printf,
    ps,
    pwd,
    readlink,
    realpath,
    rev,
    rm,
    rmdir,
    sed,
    seq,
    sh: shellProgram,
    sha1sum,
    sha256sum,
    shuf,
    sleep,
    sort,
    ssh,
    stat,
    systemctl,
    tac,
    tail,
    tar,
    tee,
    test,
    timeout,
    top,
    touch,
    tr,
    true: trueProgram,
    tty,
    uname,
    uniq,
    uptime,
    watch,
    wc,
    wget,
    which,
    whoami,
    xargs,
    yes,
  }),
);

/** Programs of other distributions, which a machine with CentOS does not have. */
const NOT_ON_MACHINES = new Set(['ash', 'dash', 'mawk']);

/** Every program that a machine has installed. */
export const MACHINE_PROGRAMS: ReadonlyMap<string, Program> = new Map([...ALL_PROGRAMS].filter(([name]) => !NOT_ON_MACHINES.has(name)));
