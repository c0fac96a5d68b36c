package io.croft.adapter.etcd;

import io.croft.core.address.Address;
import io.croft.core.address.Cidr;
import io.croft.core.address.Family;
import io.croft.core.block.BlockId;
import io.croft.core.pool.Names;
import io.croft.core.pool.PoolId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The texts of all keys of a cluster. A block's key sorts as its address does and stays readable:
 * {@code 010.064.000.064/26}.
 *
 * @param root with which all of them begin, the slash at its end included
 */
record Keys(String root) {
    private static final Pattern PADDED_V4 =
            Pattern.compile("(\\d{3})\\.(\\d{3})\\.(\\d{3})\\.(\\d{3})/(\\d{1,2})");

    private static final Pattern PADDED_V6 =
            Pattern.compile("([0-9a-f]{4}(?::[0-9a-f]{4}){7})/(\\d{1,3})");

    /** The keys from one up to, and without, another. */
    record KeyRange(String from, String to) {
        /** What comes behind a key. */
        KeyRange after(String key) {
            return new KeyRange(key + '\0', to);
        }
    }

    static Keys of(String cluster) {
        Names.check("cluster", cluster);
        return new Keys("/croft/v1/" + cluster + "/");
    }

    /** Everything of the cluster. */
    KeyRange all() {
        return under(root);
    }

    String meta() {
        return root + "meta";
    }

    String raft() {
        return root + "raft";
    }

    String poolset() {
        return root + "poolset";
    }

    /** Written with each re-assertion, so that an unfreeze notices one that it did not read. */
    String assertions() {
        return root + "assertions";
    }

    /** The install whose migration from an embedded store is under way. */
    String importing() {
        return root + "importing";
    }

    String pool(String name) {
        return root + "pools/" + name;
    }

    String external(String name) {
        return root + "external/" + name;
    }

    String block(BlockId block) {
        return root + "blocks/" + block.pool() + "/" + padded(block.cidr());
    }

    String owned(UUID install, BlockId block) {
        return root + "owned/" + install + "/" + block.pool() + "/" + padded(block.cidr());
    }

    String install(UUID id) {
        return root + "installs/" + id;
    }

    String node(String name) {
        return root + "nodes/" + name;
    }

    String live(UUID install) {
        return root + "live/" + install;
    }

    String pressure(PoolId pool) {
        return root + "pressure/" + pool;
    }

    String asserted(UUID install) {
        return root + "asserted/" + install;
    }

    String mirror(UUID install) {
        return root + "mirror/" + install;
    }

    String reclaimed(UUID install) {
        return root + "reclaimed/" + install;
    }

    /** All keys of one kind: {@code pools}, {@code installs} and so on. */
    KeyRange kind(String kind) {
        return under(root + kind + "/");
    }

    KeyRange blocks(PoolId pool) {
        return under(root + "blocks/" + pool + "/");
    }

    KeyRange ownedBy(UUID install) {
        return under(root + "owned/" + install + "/");
    }

    private static KeyRange under(String prefix) {
        String stem = prefix.substring(0, prefix.length() - 1);
        return new KeyRange(prefix, stem + (char) ('/' + 1));
    }

    /** What stands behind the last slash. */
    static String last(String key) {
        return key.substring(key.lastIndexOf('/') + 1);
    }

    /** The id at the end of a key; empty: there is none. */
    static Optional<UUID> idOf(String key) {
        return uuid(last(key));
    }

    static Optional<UUID> uuid(String text) {
        try {
            return Optional.of(UUID.fromString(text)).filter(id -> id.toString().equals(text));
        } catch (IllegalArgumentException refused) {
            return Optional.empty();
        }
    }

    /** The block of a key of {@code blocks/} or {@code owned/}; empty: it is none that we write. */
    static Optional<BlockId> blockOf(String key) {
        String[] parts = key.split("/", -1);
        if (parts.length < 3) {
            return Optional.empty();
        }
        Optional<Cidr> cidr = cidr(parts[parts.length - 2] + "/" + parts[parts.length - 1]);
        return uuid(parts[parts.length - 3])
                .flatMap(pool -> cidr.map(range -> new BlockId(new PoolId(pool), range)));
    }

    static String padded(Cidr cidr) {
        byte[] bytes = cidr.first().bytes();
        List<String> groups = new ArrayList<>();
        if (cidr.family() == Family.V4) {
            for (byte each : bytes) {
                groups.add("%03d".formatted(Byte.toUnsignedInt(each)));
            }
            return String.join(".", groups) + "/" + cidr.prefix();
        }
        for (int i = 0; i < bytes.length; i += 2) {
            groups.add("%02x%02x".formatted(bytes[i], bytes[i + 1]));
        }
        return String.join(":", groups) + "/" + cidr.prefix();
    }

    /** The range that was padded; empty: the text is no such. */
    static Optional<Cidr> cidr(String padded) {
        Matcher v4 = PADDED_V4.matcher(padded);
        Matcher v6 = PADDED_V6.matcher(padded);
        try {
            Optional<Cidr> read =
                    v4.matches() ? Optional.of(v4(v4)) : v6.matches() ? v6(v6) : Optional.empty();
            return read.filter(range -> padded(range).equals(padded));
        } catch (IllegalArgumentException refused) {
            return Optional.empty();
        }
    }

    private static Cidr v4(Matcher text) {
        var bytes = new byte[4];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(text.group(i + 1));
        }
        return new Cidr(Address.of(bytes), Integer.parseInt(text.group(5)));
    }

    private static Optional<Cidr> v6(Matcher text) {
        var bytes = new byte[16];
        String digits = text.group(1).replace(":", "");
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(digits.substring(2 * i, 2 * i + 2), 16);
        }
        return Optional.of(new Cidr(Address.of(bytes), Integer.parseInt(text.group(2))));
    }
}
