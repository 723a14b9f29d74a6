import { describe, expect, it } from 'vitest';
import { runShell, testSystem } from '../testing/system.ts';

// What the GNU tools print, error output included; a status other than 0 follows in brackets.
const TABLE: Readonly<Record<string, readonly (readonly [source: string, printed: string])[]>> = {
  grep: [
    [
      String.raw`printf 'foo\nbar\nbaz\n' > i; grep ba i; grep -c ba i; grep -v ba i; grep -n a i; grep -o 'b.' i; grep -q foo i && echo q; grep -l foo i; grep -w ba i; echo $?`,
      'bar\nbaz\n2\nfoo\n2:bar\n3:baz\nba\nba\nq\ni\n1\n',
    ],
    [
      String.raw`printf 'foo\nbar\nbaz\n' > i; grep 'foo\|baz' i; grep -E 'foo|baz' i; grep 'ba[rz]' i; grep -e foo -e bar i; grep -i FOO i; grep '^b' i; grep 'z$' i; grep -x foo i`,
      'foo\nbaz\nfoo\nbaz\nbar\nbaz\nfoo\nbar\nfoo\nbar\nbaz\nbaz\nfoo\n',
    ],
    [
      String.raw`printf '1\n2\n3\n4\n5\n6\n7\n8\n9\n' > i; grep -A1 3 i; grep -B1 3 i; grep -C1 5 i; grep -A1 -e 2 -e 6 i; grep -n -A1 3 i`,
      '3\n4\n2\n3\n4\n5\n6\n2\n3\n--\n6\n7\n3:3\n4-4\n',
    ],
    [
      String.raw`printf 'a.b\naxb\n' > i; grep 'a.b' i; grep 'a\.b' i; grep -F a.b i; grep 'a\{1\}x' i; grep -E 'a{1}x' i; grep 'ax\?b' i; grep 'ax*b' i; grep -E 'ax+b' i`,
      'a.b\naxb\na.b\na.b\naxb\naxb\naxb\naxb\naxb\n',
    ],
    [String.raw`printf 'k8s_nginx2_default_1\nk8s_POD_nginx_default\n' | grep -c '_nginx2*_default_'`, '1\n'],
    ["echo 'Node:         x' | grep '^Node: *x'; echo '1/1     Running' | grep -c '1/1 *Running'", 'Node:         x\n1\n'],
    [
      `echo abcabc | grep -o b; echo abc | grep -v x; echo 'a b' | grep -w a; echo '"leader":123,' | grep -o '"leader":[0-9]*'`,
      'b\nb\nabc\na b\n"leader":123\n',
    ],
    [String.raw`printf 'a\nb\na\n' | grep -m1 -n a; printf 'x\n' | grep -L x; printf 'a\tb\n' | grep -P 'a\tb'`, '1:a\na\tb\n'],
  ],
  sed: [
    [
      String.raw`printf 'one two\nthree four\n' > i; sed 's/o/0/' i; sed 's/o/0/g' i; sed -n 's/o/0/p' i; sed 2d i; sed -n 2p i; sed '/two/d' i; sed '$d' i; sed '1,2s/^/> /' i`,
      '0ne two\nthree f0ur\n0ne tw0\nthree f0ur\n0ne two\nthree f0ur\none two\nthree four\nthree four\none two\n> one two\n> three four\n',
    ],
    [
      String.raw`printf '1\n2\n3\n4\n5\n' > i; sed -n '2,4p' i; sed '2,3d' i; sed -n '/2/,/4/p' i; sed '2q' i; sed -n '$p' i; sed '2!d' i; sed -n '1~2p' i; sed -n '2,+1p' i; sed '0~2d' i`,
      '2\n3\n4\n1\n4\n5\n2\n3\n4\n1\n2\n5\n2\n1\n3\n5\n2\n3\n1\n3\n5\n',
    ],
    [
      String.raw`printf 'a b c\n' > i; sed 's/\([a-z]\) \([a-z]\)/\2 \1/' i; sed -E 's/([a-z]) ([a-z])/\2 \1/' i; sed 's/b/[&]/' i; sed 's#a#/x/#' i; sed 's/b/\n/' i; sed 's/./\U&/g' i; sed 'y/abc/xyz/' i`,
      'b a c\nb a c\na [b] c\n/x/ b c\na \n c\nA B C\nx y z\n',
    ],
    [
      String.raw`printf 'a\nb\n' > i; sed '1a after' i; sed '1i before' i; sed '2c changed' i; sed 'a\' i 2>&1; sed '1a\  indented' i; sed -i 's/a/A/' i; cat i; sed -i.bak 's/b/B/' i; cat i i.bak`,
      'a\nafter\nb\nbefore\na\nb\na\nchanged\na\nb\na\n  indented\nb\nA\nb\nA\nB\nA\nb\n',
    ],
    [
      "printf 'a\\nb\\nc\\n' > i; sed 'N;s/\\n/,/' i; sed -n 'H;${x;s/\\n/,/g;p}' i; sed ':a;N;$!ba;s/\\n/ /g' i; sed '1!G;h;$!d' i; sed = i | sed 'N;s/\\n/ /'; sed -n '$=' i",
      'a,b\nc\n,a,b,c\na b c\nc\nb\na\n1 a\n2 b\n3 c\n3\n',
    ],
    [
      String.raw`printf 'replicas: 3\n' | sed s/replicas:.3/replicas:\ 4/; printf 'x\ny' | sed 's/y/z/'; printf '' | sed 's/a/b/'; echo abc | sed -e 's/a/1/' -e 's/b/2/;s/c/3/'`,
      'replicas: 4\nx\nz123\n',
    ],
    [
      String.raw`echo 'hello world' | sed 's/o/0/2'; echo aaa | sed 's/a/b/2g'; echo 'a/b' | sed 's/\//-/'; echo 'a.b' | sed 's/[.]/-/'; echo x | sed 's/x/a\&b/'; echo 'ab' | sed 's/\(a\)\|b/<&>/g'`,
      'hello w0rld\nabb\na-b\na-b\na&b\n<a><b>\n',
    ],
    [
      String.raw`printf 'l1\nl2\nl3\n' | sed -n '/l2/{s/l/L/;p;q}'; printf 'a\nb\n' | sed '/a/{n;d}'; printf 'a\nb\nc\n' | sed '/b/,$d'; printf 'a\n\nb\n' | sed '/^$/d'`,
      'L2\na\na\na\nb\n',
    ],
  ],
  awk: [
    [
      String.raw`printf 'a 1\nb 2\nc 3\n' > i; awk '{print $2}' i; awk '{print $2, $1}' i; awk -F' ' '{s+=$2} END {print s}' i; awk 'NR==2' i; awk '/b/' i; awk '/b/{print "x" $0}' i; awk '$2>1' i; awk 'END{print NR}' i`,
      '1\n2\n3\n1 a\n2 b\n3 c\n6\nb 2\nb 2\nxb 2\nb 2\nc 3\n3\n',
    ],
    [
      String.raw`awk 'BEGIN {print 1+2, "a" "b", 7%3, 2^3, 10/4, -3, !0, 1==1.0, "a"<"b"}'; awk 'BEGIN{printf "%d %s %5.2f|%-5s|\n", 3.7, "x", 3.14159, "ab"}'; awk 'BEGIN{x["a"]=1;x["b"]=2;for(k in x)n++;print n, ("a" in x), ("z" in x)}'`,
      '3 ab 1 8 2.5 -3 1 1 1\n3 x  3.14|ab   |\n2 1 0\n',
    ],
    [
      `echo 'a:b:c' | awk -F: '{print $2; print NF; $2="X"; print; OFS="-"; $1=$1; print}'; echo 'a  b' | awk '{$3="c"; print; print NF}'; echo a,b | awk -F, '{print $1}'; echo 'x1y22z' | awk -F'[0-9]+' '{print $1 $2 $3}'`,
      'b\n3\na X c\na-X-c\na b c\n3\na\nxyz\n',
    ],
    [
      `awk 'BEGIN{print length("abc"), substr("hello",2,3), index("hello","l"), toupper("a"), tolower("B"), split("a b c",r), r[2]; s="aaa"; gsub(/a/,"b",s); print s; sub(/b/,"[&]",s); print s; print match("foobar",/o+/), RSTART, RLENGTH}'`,
      '3 ell 3 A b 3 b\nbbb\n[b]bb\n2 2 2\n',
    ],
    [
      String.raw`printf '1\n2\n3\n' | awk '{if($1%2)print "odd";else print "even"}'; awk 'BEGIN{for(i=0;i<3;i++)printf "%d ",i; print ""; while(i>0)i--; print i; do{i++}while(i<2); print i}'; awk 'BEGIN{exit 3}'; echo $?`,
      'odd\neven\nodd\n0 1 2 \n0\n2\n3\n',
    ],
    [
      `awk 'function f(a,b){return a+b} BEGIN{print f(1,2)}'; awk -v x=5 'BEGIN{print x}'; awk 'BEGIN{print x+0, x ""}'; awk 'BEGIN { "echo hi" | getline v; print v }'; echo | awk '{print "a" > "/dev/stderr"}'`,
      '3\n5\n0 \nhi\na\n',
    ],
    [
      String.raw`printf 'a b\nc d\n' | awk '{print NR": "$0}'; printf 'a\nb\n' | awk 'NR==1{next}{print}'; printf 'k v\n' | awk '$1=="k"{print $2}'; printf 'k v\n' | awk '$1~/k/&&$2!~/x/{print "y"}'; echo '5 apples' | awk '{print $1*2, $2*2}'`,
      '1: a b\n2: c d\nb\nv\ny\n10 0\n',
    ],
  ],
  'sort, uniq, wc, head, tail, cut, tr, seq, xargs': [
    [
      String.raw`printf 'b\na\nc\na\n' | sort; printf 'b\na\na\n' | sort -u; printf '10\n9\n1\n' | sort; printf '10\n9\n1\n' | sort -n; printf '1\n2\n' | sort -r; printf 'b 1\na 2\n' | sort -k2; printf 'x:2\ny:1\n' | sort -t: -k2n; printf 'a 10\na 9\n' | sort -k1,1 -k2,2n`,
      'a\na\nb\nc\na\nb\n1\n10\n9\n1\n9\n10\n2\n1\nb 1\na 2\ny:1\nx:2\na 9\na 10\n',
    ],
    [
      String.raw`printf '1K\n1M\n2\n' | sort -h; printf 'v1.10\nv1.9\n' | sort -V; printf 'B\na\nC\n' | LC_ALL=C sort; printf 'B\na\nC\n' | sort -f; printf 'b\na\n' | sort -c; echo $?; sort nofile; echo $?; printf 'c\nb\n' > i; sort -o i i; cat i`,
      '2\n1K\n1M\nv1.9\nv1.10\nB\nC\na\na\nB\nC\nsort: -:2: disorder: a\n1\nsort: cannot read: nofile: No such file or directory\n2\nb\nc\n',
    ],
    [
      String.raw`printf 'a\na\nb\na\n' | uniq; printf 'a\na\nb\n' | uniq -c; printf 'a\na\nb\n' | uniq -d; printf 'a\na\nb\n' | uniq -u; printf 'a\nA\n' | uniq -i`,
      'a\nb\na\n      2 a\n      1 b\na\nb\na\n',
    ],
    [
      'seq 12 > i; head i | tail -1; head -n 2 i; head -2 i; head -c 3 i; head -n -10 i; tail -2 i; tail -n +11 i; tail -c 3 i; head -1 i nofile; echo $?; head -n x i; tail -n 1 i i',
      "10\n1\n2\n1\n2\n1\n21\n2\n11\n12\n11\n12\n12\n==> i <==\n1\nhead: cannot open 'nofile' for reading: No such file or directory\n1\nhead: invalid number of lines: 'x'\n==> i <==\n12\n\n==> i <==\n12\n",
    ],
    [
      "echo a:b:c | cut -d: -f2; echo a:b:c | cut -d: -f1,3; echo a:b:c | cut -d: -f2-; echo abcdef | cut -c2-4; echo abc | cut -d: -f1; echo abc | cut -s -d: -f1; cut; echo $?; echo a b | cut -d' ' -f2; echo abc | cut -c0; echo $?",
      "b\na:c\nb:c\nbcd\nabc\ncut: you must specify a list of bytes, characters, or fields\nTry 'cut --help' for more information.\n1\nb\ncut: byte/character positions are numbered from 1\nTry 'cut --help' for more information.\n1\n",
    ],
    [
      String.raw`echo hello | tr l L; echo hello | tr -d l; echo aabbc | tr -s ab; echo abc | tr a-c A-C; echo abc | tr '[:lower:]' '[:upper:]'; echo a1b2 | tr -cd 0-9; echo; echo 'a b' | tr ' ' '\n'; tr; echo $?; tr a; echo $?`,
      "heLLo\nheo\nabc\nABC\nABC\n12\na\nb\ntr: missing operand\nTry 'tr --help' for more information.\n1\ntr: missing operand after 'a'\nTwo strings must be given when translating.\nTry 'tr --help' for more information.\n1\n",
    ],
    [
      'seq 3; seq 2 4; seq 1 2 5; seq 3 -1 1; seq -w 8 10; seq -s, 3; seq 0.5 0.5 1.5; seq; echo $?; seq x; echo $?; seq 5 3',
      "1\n2\n3\n2\n3\n4\n1\n3\n5\n3\n2\n1\n08\n09\n10\n1,2,3\n0.5\n1.0\n1.5\nseq: missing operand\nTry 'seq --help' for more information.\n1\nseq: invalid floating point argument: 'x'\nTry 'seq --help' for more information.\n1\n",
    ],
    [
      String.raw`printf 'a b\nc\n' | xargs; printf 'a\nb\n' | xargs -n1 echo x; printf 'a\nb\n' | xargs -I{} echo '{}-{}'; printf '' | xargs echo none; printf '' | xargs -r echo none; echo 'a "b c"' | xargs -n1; printf 'x\0y\0' | xargs -0 -n1; echo a | xargs nosuch; echo $?; echo a | xargs false; echo $?`,
      'a b c\nx a\nx b\na-a\nb-b\nnone\na\nb c\nx\ny\nxargs: nosuch: No such file or directory\n127\n123\n',
    ],
  ],
  'files and paths': [
    [
      'basename /a/b.txt; basename /a/b.txt .txt; basename /; dirname /a/b; dirname a; dirname /; basename; echo $?; dirname a/b/; basename -a x/y z',
      "b.txt\nb\n/\n/a\n.\n/\nbasename: missing operand\nTry 'basename --help' for more information.\n1\na\ny\nz\n",
    ],
    [
      `echo hello | base64; echo aGVsbG8K | base64 -d; base64 -w0 <<< "$(seq 40)"; echo; seq 40 | base64; echo '!!' | base64 -d; echo $?`,
      'aGVsbG8K\nhello\nMQoyCjMKNAo1CjYKNwo4CjkKMTAKMTEKMTIKMTMKMTQKMTUKMTYKMTcKMTgKMTkKMjAKMjEKMjIKMjMKMjQKMjUKMjYKMjcKMjgKMjkKMzAKMzEKMzIKMzMKMzQKMzUKMzYKMzcKMzgKMzkKNDAK\nMQoyCjMKNAo1CjYKNwo4CjkKMTAKMTEKMTIKMTMKMTQKMTUKMTYKMTcKMTgKMTkKMjAKMjEKMjIK\nMjMKMjQKMjUKMjYKMjcKMjgKMjkKMzAKMzEKMzIKMzMKMzQKMzUKMzYKMzcKMzgKMzkKNDAK\nbase64: invalid input\n1\n',
    ],
    [
      'echo x | tee a b; cat a b; echo y | tee -a a > /dev/null; cat a; echo z | tee /nonexistent/f; echo $?',
      'x\nx\nx\nx\ny\ntee: /nonexistent/f: No such file or directory\nz\n1\n',
    ],
    [
      'mkdir a; mkdir a; echo $?; mkdir x/y; echo $?; mkdir -p x/y; ls x; rmdir x; echo $?; rmdir x/y x; ls; mkdir; echo $?; mkdir -v q',
      "mkdir: cannot create directory 'a': File exists\n1\nmkdir: cannot create directory 'x/y': No such file or directory\n1\ny\nrmdir: failed to remove 'x': Directory not empty\n1\na\nmkdir: missing operand\nTry 'mkdir --help' for more information.\n1\nmkdir: created directory 'q'\n",
    ],
    [
      'touch a b; ls; ls -1; rm a; ls; rm nofile; echo $?; rm -f nofile; echo $?; mkdir d; rm d; echo $?; rm -r d; ls; rm; echo $?; rm -v b',
      "a\nb\na\nb\nb\nrm: cannot remove 'nofile': No such file or directory\n1\n0\nrm: cannot remove 'd': Is a directory\n1\nb\nrm: missing operand\nTry 'rm --help' for more information.\n1\nremoved 'b'\n",
    ],
    [
      'echo 1 > a; cp a b; cat b; mkdir d; cp a b d; ls d; cp a nodir/x; echo $?; cp nofile x; echo $?; cp d e; echo $?; cp -r d e; ls e; cp a; echo $?; cp a a; echo $?; cp a b nodir; echo $?',
      "1\na\nb\ncp: cannot create regular file 'nodir/x': No such file or directory\n1\ncp: cannot stat 'nofile': No such file or directory\n1\ncp: -r not specified; omitting directory 'd'\n1\na\nb\ncp: missing destination file operand after 'a'\nTry 'cp --help' for more information.\n1\ncp: 'a' and 'a' are the same file\n1\ncp: target 'nodir': No such file or directory\n1\n",
    ],
    [
      'echo 1 > a; mv a b; ls; mkdir d; mv b d; ls d; mv nofile x; echo $?; mv d e; ls; mv e/b e/c; ls e; mv; echo $?; mv a; echo $?',
      "b\nb\nmv: cannot stat 'nofile': No such file or directory\n1\ne\nc\nmv: missing file operand\nTry 'mv --help' for more information.\n1\nmv: missing destination file operand after 'a'\nTry 'mv --help' for more information.\n1\n",
    ],
    [
      'ls nofile; echo $?; mkdir d; touch d/x .h; ls; ls -a; ls -A; ls d; ls -d d; ls d nofile; ls -R; ls -p; ls -F',
      "ls: cannot access 'nofile': No such file or directory\n2\nd\n.\n..\n.h\nd\n.h\nd\nx\nd\nls: cannot access 'nofile': No such file or directory\nd:\nx\n.:\nd\n\n./d:\nx\nd/\nd/\n",
    ],
  ],
  'the rest': [
    [
      'env -i A=1 env; env A=2 printenv A; printenv NOPE; echo $?; env nosuch; echo $?; env -u HOME printenv HOME; echo $?',
      "A=1\n2\n1\nenv: 'nosuch': No such file or directory\n127\n1\n",
    ],
    ['true; echo $?; false; echo $?; true x; echo $?', '0\n1\n0\n'],
    ['test 1 -eq 1; echo $?; test a = b; echo $?; [ -e /etc ] && echo e; [ 1 -lt 2 -a 2 -lt 3 ]; echo $?', '0\n1\ne\n0\n'],
    [
      'sleep; echo $?; sleep x; echo $?; sleep 0.01s',
      "sleep: missing operand\nTry 'sleep --help' for more information.\n1\nsleep: invalid time interval 'x'\nTry 'sleep --help' for more information.\n1\n",
    ],
    [
      String.raw`cat -n <<< "a"; printf 'a\n\n\nb\n' | cat -s; printf 'a\tb\n' | cat -T; cat -E <<< x; cat -Z; echo $?; cat --nope; echo $?; cat -b <<< "$(printf 'a\n\nb')"`,
      "     1\ta\na\n\nb\na^Ib\nx$\ncat: invalid option -- 'Z'\nTry 'cat --help' for more information.\n1\ncat: unrecognized option '--nope'\nTry 'cat --help' for more information.\n1\n     1\ta\n\n     2\tb\n",
    ],
    [
      "date -d @0 +%s; date -u -d @86400 +%Y-%m-%dT%H:%M:%SZ; date -d '2026-02-28 12:00:00 UTC' -u +'%a %b %e %H:%M:%S %Z %Y %j %u'; date -u -d '2024-02-29 + 1 year' +%F; date -d nonsense; echo $?; date -u -d '2026-01-31 + 1 month' +%F; date -u -d '2026-01-01 - 1 day' +%F",
      "0\n1970-01-02T00:00:00Z\nSat Feb 28 12:00:00 UTC 2026 059 6\n2025-03-01\ndate: invalid date 'nonsense'\n1\n2026-03-03\n2025-12-31\n",
    ],
    ['id -u; id -un; whoami; uname; uname -s; hostname > /dev/null', '0\nroot\nroot\nLinux\nLinux\n'],
    [
      String.raw`expr 1 + 2; expr 3 \* 4; expr abc : 'a\(.\)c'; expr length abc; expr 1 = 2; echo $?; expr 5 / 0; echo $?; expr substr hello 2 3`,
      '3\n12\nb\n3\n0\n1\nexpr: division by zero\n2\nell\n',
    ],
    [
      String.raw`printf 'a\nb\nc\n' | tac; echo abc | rev; printf 'a\nb\n' | nl; printf 'a\nb\n' > x; printf '1\n2\n' > y; paste x y; paste -d, x y; paste -s x`,
      'c\nb\na\ncba\n     1\ta\n     2\tb\na\t1\nb\t2\na,1\nb,2\na\tb\n',
    ],
    [
      "find . | sort; mkdir -p a/b; touch a/b/c.txt a/d.log; find . -name '*.txt'; find a -type d | sort; find a -type f | sort; find . -maxdepth 1 | sort; find nofile; echo $?",
      ".\n./a/b/c.txt\na\na/b\na/b/c.txt\na/d.log\n.\n./a\nfind: 'nofile': No such file or directory\n1\n",
    ],
    [
      String.raw`printf 'a\nb\n' > x; printf 'b\nc\n' > y; comm x y; diff x y; echo $?; cmp x y; echo $?; diff x x; echo $?`,
      'a\n\t\tb\n\tc\n1d0\n< a\n2a2\n> c\n1\nx y differ: char 1, line 1\n1\n0\n',
    ],
    [
      String.raw`echo -n abc | md5sum; echo -n abc | sha256sum; echo -n abc | sha1sum; printf 'aaaa bbbb cccc' | fold -w5; echo; echo 'a b c' | tr ' ' '\n' | shuf -n0; nproc > /dev/null`,
      '900150983cd24fb0d6963f7d28e17f72  -\nba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  -\na9993e364706816aba3e25717850c26c9cd0d89d  -\naaaa \nbbbb \ncccc\n',
    ],
    ['yes | head -3; yes a b | head -1; true | yes | head -1; cat /dev/null; echo > /dev/null', 'y\ny\ny\na b\ny\n'],
    [
      String.raw`printf 'x=%s\n' "$(echo 'a b' | awk '{print $1}')"; for f in $(ls); do echo $f; done; ls | wc -l; cat <<< a | cat - <(echo b)`,
      'x=a\n0\na\nb\n',
    ],
  ],
};

describe.each(Object.entries(TABLE))('%s', (_, rows) => {
  it.each(rows)('%s', (source, printed) => {
    const { both, status } = runShell(testSystem(), `exec 2>&1\n${source}`);
    expect(both + (status === 0 ? '' : `[${status}]`)).toBe(printed);
  });
});
