----------------------------- MODULE IpamFence -----------------------------
(* What fences the transactions that are still on their way. A node has several *)
(* open claims; of one claim several copies may be on their way, each against   *)
(* the revisions that were read before it; claims and returns meet a reclaim    *)
(* step by step, the deletion of the pool, and restarts.                        *)
EXTENDS Naturals, FiniteSets, TLC
CONSTANTS N, B, MaxTok, MaxInc, MaxNet, NOFF, NDROP,
  \* ---- mutants: a rule of the design switched off
  NOMARK,    \* a reclaim takes the blocks without marking the install first
  MARKBLIND, \* the mark is written without a look for signs of life
  MARKSTALE, \* the mark does not compare the record as it was when the word was given
  TAKEBLIND, \* a tombstone does not compare the record with its mark
  NOREV,     \* a block is compared with nothing
  NOINST,    \* a claim or a return does not compare the install's record
  NOPOOL,    \* a claim does not compare the pool's record
  ONELOOK,   \* a pool goes without a second look behind its mark
  GUESS,    \* a claim without an answer counts as lost
  NEWTOKEN   \* a claim without an answer is sent again under another token
VARIABLES
  own,  \* etcd: block -> [o: owner or 0, t: token, r: revision]
  rec,  \* etcd: install -> [c: incarnation, 0: none; k: mark of a reclaim; r: revision]
  live, \* etcd: installs with a sign of life
  pool, \* etcd: [s: "there", "marked", "gone"; r: revision]
  net,  \* transactions on their way: [n, b, k: "claim" or "back", t, rb, rn, rp: revisions that it compares]
  tk,   \* tokens so far: none is used twice
  up,   \* machine: power
  c,    \* node: incarnation under which it is a member, or 0
  inc,  \* journal: incarnation
  ji,   \* journal: open claims [b, e: expected token, t: token]
  jb,   \* journal: owned blocks [b, t]
  jr,   \* journal: those that go back
  ok,   \* validated in this boot
  run,  \* truth: blocks with a live pod
  rcl,  \* reclaim under way: [n: of whom or 0, s: revision of the record when it began, r: that of its mark or 0]
  drop, \* deletion under way: 0, 1: no owner was seen, 2: marked, 3: no owner was seen again
  outer,\* truth: the range was given to somebody else after the pool went
  nf, nd
vars == <<own,rec,live,pool,net,tk,up,c,inc,ji,jb,jr,ok,run,rcl,drop,outer,nf,nd>>
etcd == <<own,rec,live,pool>>
jrn == <<ji,jb,jr>>
Init ==
  /\ own = [b \in B |-> [o |-> 0, t |-> 0, r |-> 0]] /\ rec = [n \in N |-> [c |-> 1, k |-> FALSE, r |-> 1]]
  /\ live = N /\ pool = [s |-> "there", r |-> 1] /\ net = {} /\ tk = 0
  /\ up = [n \in N |-> TRUE] /\ c = [n \in N |-> 1] /\ inc = c
  /\ ji = [n \in N |-> {}] /\ jb = ji /\ jr = ji /\ run = ji /\ ok = up
  /\ rcl = [n |-> 0, s |-> 0, r |-> 0] /\ drop = 0 /\ outer = FALSE /\ nf = 0 /\ nd = 0
Knows(n,b) == \E x \in ji[n] \cup jb[n] : x.b = b
Member(n) == up[n] /\ c[n] > 0
\* ------------------------------------------------------------- claims
Intend(n,b) == \* several at once; one of a block
  /\ Member(n) /\ tk < MaxTok /\ ~Knows(n,b) /\ b \notin run[n] /\ own[b].o = 0 /\ pool.s = "there"
  /\ tk' = tk + 1 /\ ji' = [ji EXCEPT ![n] = @ \cup {[b |-> b, e |-> own[b].t, t |-> tk + 1]}]
  /\ UNCHANGED <<etcd,net,up,c,inc,jb,jr,ok,run,rcl,drop,outer,nf,nd>>
Expected(x) == own[x.b].o = 0 /\ own[x.b].t = x.e
Mine(n,x) == own[x.b].o = n /\ own[x.b].t = x.t
Current(n) == NOINST \/ (rec[n].c = c[n] /\ ~rec[n].k)
Copy(n,x,kind) == [n |-> n, b |-> x.b, k |-> kind, t |-> x.t, rb |-> own[x.b].r, rn |-> rec[n].r, rp |-> pool.r]
Send(n,x) == \* the identical claim, against what stands there now
  /\ Member(n) /\ Cardinality(net) < MaxNet /\ Current(n) /\ Expected(x) /\ (pool.s = "there" \/ NOPOOL)
  /\ (NEWTOKEN \/ Copy(n,x,"claim") \notin net)
  /\ IF NEWTOKEN /\ tk < MaxTok
     THEN /\ tk' = tk + 1 /\ ji' = [ji EXCEPT ![n] = (@ \ {x}) \cup {[x EXCEPT !.t = tk + 1]}]
          /\ net' = net \cup {Copy(n, [x EXCEPT !.t = tk + 1], "claim")}
     ELSE tk' = tk /\ ji' = ji /\ net' = net \cup {Copy(n,x,"claim")}
  /\ UNCHANGED <<etcd,up,c,inc,jb,jr,ok,run,rcl,drop,outer,nf,nd>>
Matches(m) == /\ NOREV \/ own[m.b].r = m.rb
              /\ NOINST \/ rec[m.n].r = m.rn
              /\ m.k = "back" \/ NOPOOL \/ pool.r = m.rp
Apply(m) == \* once; the answer may be lost: Won, Lost and Denied look for themselves
  /\ net' = net \ {m}
  /\ own' = IF ~Matches(m) THEN own
            ELSE [own EXCEPT ![m.b] = [o |-> IF m.k = "claim" THEN m.n ELSE 0, t |-> m.t, r |-> @.r + 1]]
  /\ UNCHANGED <<rec,live,pool,tk,up,c,inc,jrn,ok,run,rcl,drop,outer,nf,nd>>
Lose(m) ==
  /\ net' = net \ {m} /\ UNCHANGED <<etcd,tk,up,c,inc,jrn,ok,run,rcl,drop,outer,nf,nd>>
Won(n,x) ==
  /\ Member(n) /\ Current(n) /\ Mine(n,x)
  /\ ji' = [ji EXCEPT ![n] = @ \ {x}] /\ jb' = [jb EXCEPT ![n] = @ \cup {[b |-> x.b, t |-> x.t]}]
  /\ UNCHANGED <<etcd,net,tk,up,c,inc,jr,ok,run,rcl,drop,outer,nf,nd>>
Lost(n,x) == \* not as expected, or the pool is gone or going: never sent again
  /\ Member(n) /\ Current(n) /\ ((~Mine(n,x) /\ (~Expected(x) \/ pool.s # "there")) \/ GUESS)
  /\ ji' = [ji EXCEPT ![n] = @ \ {x}]
  /\ UNCHANGED <<etcd,net,tk,up,c,inc,jb,jr,ok,run,rcl,drop,outer,nf,nd>>
\* ------------------------------------------------------------- pods, returns
Gives(n) == IF up[n] /\ ok[n] THEN {x.b : x \in jb[n] \ jr[n]} ELSE {}
Alloc(n,b) ==
  /\ b \in Gives(n) \ run[n] /\ run' = [run EXCEPT ![n] = @ \cup {b}]
  /\ UNCHANGED <<etcd,net,tk,up,c,inc,jrn,ok,rcl,drop,outer,nf,nd>>
Del(n,b) ==
  /\ b \in run[n] /\ run' = [run EXCEPT ![n] = @ \ {b}]
  /\ UNCHANGED <<etcd,net,tk,up,c,inc,jrn,ok,rcl,drop,outer,nf,nd>>
Retire(n,x) ==
  /\ Member(n) /\ x \notin jr[n] /\ x.b \notin run[n] /\ jr' = [jr EXCEPT ![n] = @ \cup {x}]
  /\ UNCHANGED <<etcd,net,tk,up,c,inc,ji,jb,ok,run,rcl,drop,outer,nf,nd>>
Back(n,x) ==
  /\ Member(n) /\ x \in jr[n] /\ Cardinality(net) < MaxNet /\ Current(n) /\ Mine(n,x) /\ Copy(n,x,"back") \notin net
  /\ net' = net \cup {Copy(n,x,"back")}
  /\ UNCHANGED <<etcd,tk,up,c,inc,jrn,ok,run,rcl,drop,outer,nf,nd>>
Forget(n,x) ==
  /\ Member(n) /\ x \in jr[n] /\ ~Mine(n,x)
  /\ jb' = [jb EXCEPT ![n] = @ \ {x}] /\ jr' = [jr EXCEPT ![n] = @ \ {x}]
  /\ UNCHANGED <<etcd,net,tk,up,c,inc,ji,ok,run,rcl,drop,outer,nf,nd>>
\* ------------------------------------------------------------- registration
Register(n) == \* after a start or a lost link; a marked record refuses it
  /\ up[n] /\ c[n] = 0 /\ ~rec[n].k /\ inc[n] < MaxInc
  /\ LET i == inc[n] + 1 IN
     /\ rec' = [rec EXCEPT ![n] = [c |-> i, k |-> FALSE, r |-> @.r + 1]] /\ inc' = [inc EXCEPT ![n] = i]
     /\ c' = [c EXCEPT ![n] = i]
  /\ live' = live \cup {n}
  \* the comparison of the blocks
  /\ jb' = [jb EXCEPT ![n] = {x \in @ : Mine(n,x)}] /\ jr' = [jr EXCEPT ![n] = {x \in @ : Mine(n,x)}]
  /\ ok' = [ok EXCEPT ![n] = TRUE]
  /\ UNCHANGED <<own,pool,net,tk,up,ji,run,rcl,drop,outer,nf,nd>>
LoseLink(n) == \* what it sent may still arrive
  /\ Member(n) /\ c' = [c EXCEPT ![n] = 0]
  /\ UNCHANGED <<etcd,net,tk,up,inc,jrn,ok,run,rcl,drop,outer,nf,nd>>
LifeEnds(n) ==
  /\ n \in live /\ c[n] = 0 /\ live' = live \ {n}
  /\ UNCHANGED <<own,rec,pool,net,tk,up,c,inc,jrn,ok,run,rcl,drop,outer,nf,nd>>
PowerOff(n) ==
  /\ up[n] /\ nf < NOFF /\ nf' = nf + 1 /\ up' = [up EXCEPT ![n] = FALSE] /\ run' = [run EXCEPT ![n] = {}]
  /\ c' = [c EXCEPT ![n] = 0] /\ ok' = [ok EXCEPT ![n] = FALSE]
  /\ UNCHANGED <<etcd,net,tk,inc,jrn,rcl,drop,outer,nd>>
PowerOn(n) ==
  /\ ~up[n] /\ up' = [up EXCEPT ![n] = TRUE]
  /\ UNCHANGED <<etcd,net,tk,c,inc,jrn,ok,run,rcl,drop,outer,nf,nd>>
\* ------------------------------------------------------------- reclaim, in steps; the word is true when it is given
Begin(n) == \* a record that is marked already is not marked again: Again
  /\ rcl.n = 0 /\ ~up[n] /\ rec[n].c > 0 /\ ~rec[n].k /\ n \notin live
  /\ rcl' = [n |-> n, s |-> rec[n].r, r |-> IF NOMARK THEN rec[n].r ELSE 0]
  /\ UNCHANGED <<etcd,net,tk,up,c,inc,jrn,ok,run,drop,outer,nf,nd>>
Mark ==
  /\ rcl.n # 0 /\ rcl.r = 0 /\ (MARKBLIND \/ rcl.n \notin live) /\ (MARKSTALE \/ rec[rcl.n].r = rcl.s)
  /\ rec' = [rec EXCEPT ![rcl.n] = [@ EXCEPT !.k = TRUE, !.r = @ + 1]] /\ rcl' = [rcl EXCEPT !.r = rec[rcl.n].r + 1]
  /\ UNCHANGED <<own,live,pool,net,tk,up,c,inc,jrn,ok,run,drop,outer,nf,nd>>
Take(b) ==
  /\ rcl.n # 0 /\ rcl.r # 0 /\ own[b].o = rcl.n /\ (TAKEBLIND \/ NOMARK \/ rec[rcl.n].r = rcl.r)
  /\ own' = [own EXCEPT ![b] = [o |-> 0, t |-> @.t, r |-> @.r + 1]]
  /\ UNCHANGED <<rec,live,pool,net,tk,up,c,inc,jrn,ok,run,rcl,drop,outer,nf,nd>>
End == \* the record goes; or the call gives up, and the mark stays
  /\ rcl.n # 0 /\ rcl' = [n |-> 0, s |-> 0, r |-> 0]
  /\ rec' = IF rcl.r # 0 /\ rec[rcl.n].r = rcl.r /\ \A b \in B : own[b].o # rcl.n
            THEN [rec EXCEPT ![rcl.n] = [c |-> 0, k |-> FALSE, r |-> @.r + 1]] ELSE rec
  /\ UNCHANGED <<own,live,pool,net,tk,up,c,inc,jrn,ok,run,drop,outer,nf,nd>>
Other == \* a second call finishes it behind the same mark; the first goes on
  /\ rcl.n # 0 /\ rcl.r # 0 /\ rec[rcl.n].k /\ rec[rcl.n].r = rcl.r
  /\ own' = [b \in B |-> IF own[b].o = rcl.n THEN [o |-> 0, t |-> own[b].t, r |-> own[b].r + 1] ELSE own[b]]
  /\ rec' = [rec EXCEPT ![rcl.n] = [c |-> 0, k |-> FALSE, r |-> @.r + 1]]
  /\ UNCHANGED <<live,pool,net,tk,up,c,inc,jrn,ok,run,rcl,drop,outer,nf,nd>>
Again(n) == \* what was cut off is finished behind its mark
  /\ rcl.n = 0 /\ rec[n].k /\ rcl' = [n |-> n, s |-> 0, r |-> rec[n].r]
  /\ UNCHANGED <<etcd,net,tk,up,c,inc,jrn,ok,run,drop,outer,nf,nd>>
\* ------------------------------------------------------------- deletion of the pool, in steps
Unowned == \A b \in B : own[b].o = 0
Drop1 ==
  /\ nd < NDROP /\ drop = 0 /\ pool.s = "there" /\ Unowned /\ drop' = 1 /\ nd' = nd + 1
  /\ UNCHANGED <<etcd,net,tk,up,c,inc,jrn,ok,run,rcl,outer,nf>>
Drop2 ==
  /\ drop = 1 /\ drop' = (IF ONELOOK THEN 3 ELSE 2) /\ pool' = [s |-> "marked", r |-> pool.r + 1]
  /\ UNCHANGED <<own,rec,live,net,tk,up,c,inc,jrn,ok,run,rcl,outer,nf,nd>>
Drop3 ==
  /\ drop = 2 /\ drop' = IF Unowned THEN 3 ELSE 0
  /\ pool' = IF Unowned THEN pool ELSE [s |-> "there", r |-> pool.r + 1]
  /\ UNCHANGED <<own,rec,live,net,tk,up,c,inc,jrn,ok,run,rcl,outer,nf,nd>>
Drop4 == \* pool and block records go together: a missing record is one of revision 0 again
  /\ drop = 3 /\ drop' = 0 /\ pool' = [s |-> "gone", r |-> pool.r + 1]
  /\ own' = [b \in B |-> [o |-> 0, t |-> 0, r |-> 0]] /\ outer' = TRUE
  /\ UNCHANGED <<rec,live,net,tk,up,c,inc,jrn,ok,run,rcl,nf,nd>>
Next ==
  \/ \E m \in net : Apply(m) \/ Lose(m)
  \/ \E n \in N : Register(n) \/ LoseLink(n) \/ LifeEnds(n) \/ PowerOff(n) \/ PowerOn(n) \/ Begin(n) \/ Again(n)
  \/ \E n \in N, b \in B : Intend(n,b) \/ Alloc(n,b) \/ Del(n,b)
  \/ \E n \in N : \E x \in ji[n] : Send(n,x) \/ Won(n,x) \/ Lost(n,x)
  \/ \E n \in N : \E x \in jb[n] : Retire(n,x) \/ Back(n,x) \/ Forget(n,x)
  \/ \E b \in B : Take(b)
  \/ Mark \/ End \/ Other \/ Drop1 \/ Drop2 \/ Drop3 \/ Drop4
Spec == Init /\ [][Next]_vars
Sym == Permutations(N) \cup Permutations(B)
\* ------------------------------------------------------------- invariants
NoDoubleAllocation == \A m, n \in N : m # n => run[m] \cap run[n] = {}
NotGivenAway == \A m, n \in N : m # n => Gives(m) \cap (Gives(n) \cup run[n]) = {}
\* the pool's range may be anybody's once it is gone
NoPodOfAGonePool == outer => \A n \in N : Gives(n) \cup run[n] = {}
\* what is owned in etcd is known to its owner: a claim was not forgotten that may still be made
NoOrphan == \A n \in N, b \in B : own[b].o = n => Knows(n,b)
\* what is owned in etcd has an owner with a record: else no reclaim finds it
NoDeadOwner == \A n \in N, b \in B : own[b].o = n => rec[n].c > 0
\* negated goals
NeverReclaims == ~(\E n \in N : rec[n].c = 0 /\ \E m \in N : \E b \in run[m] : own[b].t = 2)
NeverDrops == ~outer
NeverLate == ~(\E m \in net : m.k = "claim" /\ \E n \in N : run[n] # {} /\ m.b \in run[n])
=============================================================================
