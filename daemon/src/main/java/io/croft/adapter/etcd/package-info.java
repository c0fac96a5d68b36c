/**
 * Pools and ownership in etcd, written over the small interface {@link io.croft.adapter.etcd.Etcd}.
 * From the bottom up:
 *
 * <ol>
 *   <li>The client: {@code JetcdEtcd} with its {@code Links} and {@code Call}s, {@code Hints}
 *       (watches), {@code AuthTokens}, {@code LiveTls}; {@code Failures} says what a failed call
 *       means. {@code EtcdAccess} and {@code EtcdEndpoint} are what an operator says of it.
 *   <li>What stands in etcd: {@code Keys}, {@code Values}; each {@code …Seen}, {@code Meta} and
 *       {@code RaftLog} is one key as it was read.
 *   <li>Whether it is still the same store: {@code Continuity}, through which everything is sent,
 *       with {@code LastSeen} and {@code StorePosition}.
 *   <li>The ports of stores, {@code Etcd…Store} and others, all made by {@code EtcdStore}. What
 *       takes more than one step is a class that is made for it and used once: {@code Claim},
 *       {@code RegisterTransaction}, {@code AssertBlocks}, {@code PoolDrop}, {@code Reclaim}.
 *   <li>What an operator does with the whole: {@code StoreSetup} with {@code Unfreeze}, {@code
 *       Migration}, {@code StoreStatus}; and {@code Audit}. {@code UserGrant} alone speaks of
 *       etcd's users, by {@code AuthCalls}.
 * </ol>
 */
@NullMarked
package io.croft.adapter.etcd;

import org.jspecify.annotations.NullMarked;
