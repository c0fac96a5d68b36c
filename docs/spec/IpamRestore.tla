---------------------------- MODULE IpamRestore ----------------------------
(* A store that is put back from backups, more than once, also from one that  *)
(* was taken in a freeze. Installs never lose their journals here and blocks  *)
(* change hands in single steps: IpamInstall and IpamLease have the rest.     *)
EXTENDS Naturals, FiniteSets, TLC
CONSTANTS M, B, MaxEpoch,
  NBACKUP, NRESTORE, NOFF, \* how often
  \* ---- mutants: a rule of the design switched off
  NOANEW,    \* a store that is frozen already is not frozen anew by what contradicts it
  NOMARK,    \* the raft mark is not looked at: only what a client saw itself counts
  NOLENGTH,  \* a freeze does not lengthen the log before it sets the mark
  NOFREEZEID,\* the operator's words are not bound to their freeze
  ANYFREEZE, \* what an install said in any freeze counts
  NOTSAME,   \* an install says its word in another freeze than that of its re-assertion
  NOCLOCK,   \* the next generation is above those that are known of, not above the wall clock
  NOGEN,     \* an unfreeze begins no generation
  NOHIGH,    \* who re-asserts last has the block
  NOPOSITION,\* a client forgets how far it saw the store
  NOPROOF    \* a node has no proof of its own, from its journal's tokens and generation
VARIABLES
  e,    \* etcd, all that a backup has: [o: block -> install or 0; t: block -> token; g: generation;
        \*  k: index of the raft log in the mark; z: freeze or 0; a: install -> freeze in which it said its word, or 0;
        \*  h: highest generation in those words]
  snap, \* the last backup
  ix,   \* truth: index of the running log. 0: it has just begun
  went, \* truth: the store went back, and nobody noticed yet
  zs,   \* freezes so far: their ids are never used twice
  wall, \* the wall clock: above every generation that an unfreeze ever began
  up,   \* machine: power
  srv,  \* it may give addresses: its journal was validated in this boot
  st,   \* agent: "no" (must look), "frz" (re-asserted), "mem"
  k,    \* journal: block -> token or 0
  cg,   \* journal: generation in which its blocks were last compared
  pg, px,\* position: generation and index of the log that this client last found in order
  told, \* freeze in which it re-asserted and has still to say its word, or 0
  run,  \* truth: blocks with a live pod on this machine
  word, \* the operator's command on its way: [z: freeze, s: machines of which he said "off, or rebooted"]
  nb, nr, nf, \* backups, restores, power-offs so far
  bad   \* a freeze that nothing called for
vars == <<e,snap,ix,went,zs,wall,up,srv,st,k,cg,pg,px,told,run,word,nb,nr,nf,bad>>
mach == <<up,srv,k,cg,pg,px,told,run>>
count == <<nb,nr,nf>>
\* A token is a number: generation, epoch, and the claimant in place of the nonce.
Tok(g,p,m) == 100 * g + 10 * p + m
Gen(t) == t \div 100
Epoch(t) == (t % 100) \div 10
Max(S) == CHOOSE x \in S : \A y \in S : y <= x
Fresh == [m \in M |-> "no"]
Init ==
  /\ e = [o |-> [b \in B |-> 0], t |-> [b \in B |-> 0], g |-> 1, k |-> 1, z |-> 0, a |-> [m \in M |-> 0], h |-> 0]
  /\ snap = e /\ ix = 1 /\ went = FALSE /\ zs = 0 /\ wall = 1
  /\ up = [m \in M |-> TRUE] /\ srv = up /\ st = [m \in M |-> "mem"]
  /\ k = [m \in M |-> [b \in B |-> 0]] /\ cg = [m \in M |-> 1] /\ pg = cg /\ px = cg
  /\ told = [m \in M |-> 0] /\ run = [m \in M |-> {}] /\ word = [z |-> 0, s |-> {}]
  /\ nb = 0 /\ nr = 0 /\ nf = 0 /\ bad = FALSE
\* ------------------------------------------------------------- what a look finds
Contradicts == ~NOMARK /\ ix < e.k
\* in a freeze the client's own memory proves nothing: somebody may have frozen it because of just that
Remembers(m) == ~NOPOSITION /\ e.z = 0 /\ (e.g < pg[m] \/ (e.g = pg[m] /\ ix < px[m]))
Proves(m) == /\ ~NOPROOF /\ e.z = 0
             /\ (cg[m] > e.g \/ (cg[m] = e.g /\ \E b \in B : k[m][b] > e.t[b]))
Freezes == \* with the mark
  LET new == IF NOLENGTH \/ NOMARK THEN ix ELSE 1 IN
  /\ zs' = zs + 1 /\ e' = [e EXCEPT !.z = zs + 1, !.k = new] /\ ix' = new
  /\ bad' = (bad \/ ~went) /\ went' = FALSE /\ st' = Fresh
FreezeByMark(m) ==
  /\ up[m] /\ st[m] = "no" /\ Contradicts /\ (e.z = 0 \/ ~NOANEW) /\ Freezes
  /\ UNCHANGED <<snap,wall,mach,word,count>>
FreezeByMemory(m) ==
  /\ up[m] /\ st[m] = "no" /\ ~Contradicts /\ Remembers(m) /\ Freezes
  /\ UNCHANGED <<snap,wall,mach,word,count>>
FreezeByProof(m) ==
  /\ up[m] /\ st[m] = "no" /\ ~Contradicts /\ ~Remembers(m) /\ Proves(m)
  /\ zs' = zs + 1 /\ e' = [e EXCEPT !.z = zs + 1] /\ bad' = (bad \/ ~went) /\ went' = FALSE /\ st' = Fresh
  /\ UNCHANGED <<snap,ix,wall,mach,word,count>>
Found(m) == up[m] /\ st[m] = "no" /\ (~Contradicts \/ (e.z # 0 /\ NOANEW))
Enter(m) == \* compare and validate
  /\ Found(m) /\ e.z = 0 /\ ~Remembers(m) /\ ~Proves(m)
  /\ k' = [k EXCEPT ![m] = [b \in B |-> IF e.o[b] = m /\ e.t[b] = @[b] THEN @[b] ELSE 0]]
  /\ srv' = [srv EXCEPT ![m] = TRUE] /\ st' = [st EXCEPT ![m] = "mem"]
  /\ cg' = [cg EXCEPT ![m] = e.g] /\ pg' = [pg EXCEPT ![m] = e.g] /\ px' = [px EXCEPT ![m] = ix]
  /\ UNCHANGED <<e,snap,ix,went,zs,wall,up,told,run,word,count,bad>>
Tell(m) == \* in a freeze: the highest token wins
  /\ Found(m) /\ e.z # 0
  /\ LET win == {b \in B : k[m][b] > e.t[b] \/ (NOHIGH /\ k[m][b] > 0)}
         own == [b \in B |-> IF b \in win THEN m ELSE e.o[b]]
         tok == [b \in B |-> IF b \in win THEN k[m][b] ELSE e.t[b]] IN
     /\ e' = [e EXCEPT !.o = own, !.t = tok]
     /\ k' = [k EXCEPT ![m] = [b \in B |-> IF srv[m] /\ ~(own[b] = m /\ tok[b] = @[b]) THEN 0 ELSE @[b]]]
  /\ st' = [st EXCEPT ![m] = "frz"] /\ told' = [told EXCEPT ![m] = e.z]
  /\ UNCHANGED <<snap,ix,went,zs,wall,up,srv,cg,pg,px,run,word,count,bad>>
Say(m) == \* a call of its own; a restore between the two does not stop it
  /\ up[m] /\ told[m] # 0 /\ told' = [told EXCEPT ![m] = 0]
  /\ e' = IF e.z # 0 /\ (e.z = told[m] \/ NOTSAME)
          THEN [e EXCEPT !.a[m] = e.z, !.h = Max({@, cg[m]} \cup {Gen(k[m][b]) : b \in B})] ELSE e
  /\ UNCHANGED <<snap,ix,went,zs,wall,up,srv,st,k,cg,pg,px,run,word,count,bad>>
\* ------------------------------------------------------------- blocks and pods
Claim(m,b) ==
  /\ st[m] = "mem" /\ e.z = 0 /\ e.o[b] = 0 /\ k[m][b] = 0 /\ b \notin run[m]
  /\ LET p == (IF Gen(e.t[b]) = e.g THEN Epoch(e.t[b]) ELSE 0) + 1
         t == Tok(e.g, p, m) IN
     /\ p <= MaxEpoch
     /\ e' = [e EXCEPT !.o[b] = m, !.t[b] = t] /\ k' = [k EXCEPT ![m][b] = t]
  /\ UNCHANGED <<snap,ix,went,zs,wall,up,srv,st,cg,pg,px,told,run,word,count,bad>>
Return(m,b) ==
  /\ st[m] = "mem" /\ e.z = 0 /\ k[m][b] > 0 /\ b \notin run[m]
  /\ e' = [e EXCEPT !.o[b] = 0] /\ k' = [k EXCEPT ![m][b] = 0]
  /\ UNCHANGED <<snap,ix,went,zs,wall,up,srv,st,cg,pg,px,told,run,word,count,bad>>
Gives(m) == IF up[m] /\ srv[m] THEN {b \in B : k[m][b] > 0} ELSE {}
Alloc(m,b) ==
  /\ b \in Gives(m) \ run[m] /\ run' = [run EXCEPT ![m] = @ \cup {b}]
  /\ UNCHANGED <<e,snap,ix,went,zs,wall,up,srv,st,k,cg,pg,px,told,word,count,bad>>
Del(m,b) ==
  /\ b \in run[m] /\ run' = [run EXCEPT ![m] = @ \ {b}]
  /\ UNCHANGED <<e,snap,ix,went,zs,wall,up,srv,st,k,cg,pg,px,told,word,count,bad>>
\* ------------------------------------------------------------- faults, operator
PowerOff(m) ==
  /\ up[m] /\ nf < NOFF /\ nf' = nf + 1 /\ up' = [up EXCEPT ![m] = FALSE]
  /\ srv' = [srv EXCEPT ![m] = FALSE] /\ run' = [run EXCEPT ![m] = {}]
  /\ st' = [st EXCEPT ![m] = "no"] /\ told' = [told EXCEPT ![m] = 0]
  /\ UNCHANGED <<e,snap,ix,went,zs,wall,k,cg,pg,px,word,nb,nr,bad>>
PowerOn(m) ==
  /\ ~up[m] /\ up' = [up EXCEPT ![m] = TRUE]
  /\ UNCHANGED <<e,snap,ix,went,zs,wall,srv,st,k,cg,pg,px,told,run,word,count,bad>>
Backup ==
  /\ nb < NBACKUP /\ snap # e /\ nb' = nb + 1 /\ snap' = e
  /\ UNCHANGED <<e,ix,went,zs,wall,st,mach,word,nr,nf,bad>>
Restore == \* all of etcd was stopped: who was a member lost its link
  /\ nr < NRESTORE /\ nr' = nr + 1 /\ e' = snap /\ ix' = 0 /\ went' = TRUE /\ st' = Fresh
  /\ UNCHANGED <<snap,zs,wall,mach,word,nb,nf,bad>>
Harmless(m) == ~srv[m] /\ run[m] = {} \* off, or rebooted since; "idle" is not enough
Words == \* said of what the status shows now; the command may come late
  /\ e.z # 0 /\ word' = [z |-> e.z, s |-> {m \in M : Harmless(m)}] /\ word' # word
  /\ UNCHANGED <<e,snap,ix,went,zs,wall,st,mach,count,bad>>
Spoke(m) == IF ANYFREEZE THEN e.a[m] # 0 ELSE e.a[m] = e.z
Unfreeze == \* its own check comes first
  /\ e.z # 0 /\ (~Contradicts \/ NOANEW) /\ word.z # 0 /\ (word.z = e.z \/ NOFREEZEID)
  /\ \A m \in M : Spoke(m) \/ m \in word.s
  /\ LET known == Max({e.g, e.h} \cup {Gen(e.t[b]) : b \in B})
         next == IF NOGEN THEN e.g ELSE (IF NOCLOCK THEN known ELSE Max({known, wall})) + 1 IN
     /\ e' = [e EXCEPT !.z = 0, !.g = next, !.k = ix, !.a = [m \in M |-> 0], !.h = 0] /\ wall' = Max({wall, next})
  /\ st' = Fresh
  /\ UNCHANGED <<snap,ix,went,zs,mach,word,count,bad>>
Next ==
  \/ \E m \in M : \/ FreezeByMark(m) \/ FreezeByMemory(m) \/ FreezeByProof(m) \/ Enter(m) \/ Tell(m) \/ Say(m)
                  \/ PowerOff(m) \/ PowerOn(m)
  \/ \E m \in M, b \in B : Claim(m,b) \/ Return(m,b) \/ Alloc(m,b) \/ Del(m,b)
  \/ Backup \/ Restore \/ Words \/ Unfreeze
Spec == Init /\ [][Next]_vars
\* ------------------------------------------------------------- invariants
NoDoubleAllocation == \A m, n \in M : m # n => run[m] \cap run[n] = {}
NotGivenAway == \A m, n \in M : m # n => Gives(m) \cap run[n] = {}
NoNeedlessFreeze == ~bad
\* negated goals
Calm == e.z = 0 /\ \A m \in M : st[m] = "mem"
NeverThawsTwice == ~(nr = 2 /\ ~went /\ Calm /\ e.g > 2 /\ \E m \in M : run[m] # {})
NeverFreezesAnew == ~(nr = 2 /\ snap.z = 1 /\ ~went /\ e.z > snap.z)
=============================================================================
