package io.croft.adapter.etcd;

import io.croft.core.rejection.Rejection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/** The file whose first line is a password, for nobody else to read. */
final class PasswordFile {
    private final String field;
    private final Path path;

    PasswordFile(Path path) {
        this(EtcdAccess.PASSWORD_FILE, path);
    }

    /**
     * @param field the option that names it
     */
    PasswordFile(String field, Path path) {
        this.field = field;
        this.path = path;
    }

    /** The password as it is now. Refuses a file that cannot be used with INVALID_FIELD. */
    String read() {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
            if (permissions.contains(PosixFilePermission.OTHERS_READ)
                    || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
                throw refuse("everybody may read or write it")
                        .remedy("chmod 600 " + path)
                        .asException();
            }
            // Nothing of the file may get into a message.
            String first =
                    new String(Files.readAllBytes(path), StandardCharsets.UTF_8)
                            .lines()
                            .findFirst()
                            .orElse("");
            if (first.isEmpty()) {
                throw refuse("its first line is empty").asException();
            }
            return first;
        } catch (NoSuchFileException e) {
            throw refuse("there is no such file").asException();
        } catch (IOException e) {
            throw refuse("cannot be read: " + e.getMessage()).asException();
        }
    }

    private Rejection refuse(String why) {
        return Rejection.invalid(field, path.toString(), why);
    }
}
