package io.croft;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The order of packages, and what each may touch. */
class ArchitectureTest {
    private static final String ROOT = "io.croft.";

    /** Each sees itself and the rows above it, unless {@link #BLIND} says less. */
    private static final List<String> ORDER =
            List.of(
                    "core.rejection",
                    "core.time",
                    "core.address",
                    "core.netns",
                    "core.pool",
                    "core.block",
                    "core.allocation",
                    "core.engine",
                    "core.serving",
                    "core.ownership",
                    "node.port",
                    "node.loop",
                    "node.keeper",
                    "node.membership",
                    "node.reconcile",
                    "adapter.wire",
                    "adapter.file",
                    "adapter.journal",
                    "adapter.etcd",
                    "adapter.embedded",
                    "adapter.grpc",
                    "adapter.http",
                    "adapter.observe",
                    "adapter.host",
                    "adapter.run",
                    "adapter.runtime",
                    "adapter.cni",
                    "agent",
                    "cli");

    private record Blind(String from, Set<String> to) {}

    private static final List<Blind> BLIND =
            List.of(
                    new Blind("core.ownership", Set.of("core.serving")),
                    new Blind("node.port", Set.of("core.serving", "core.ownership")),
                    new Blind("node.keeper", Set.of("core.serving")),
                    new Blind("node.membership", Set.of("core.serving", "node.keeper")),
                    new Blind(
                            "node.reconcile",
                            Set.of("core.ownership", "node.keeper", "node.membership")));

    /** All adapters may see these two. */
    private static final Set<String> SHARED_ADAPTERS = Set.of("adapter.wire", "adapter.file");

    private static final JavaClasses MAIN =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .withImportOption(location -> !location.contains("/croft/proto/"))
                    .withImportOption(location -> location.contains("/daemon/target/classes/"))
                    .importPackages("io.croft");

    private static final JavaClasses TESTS =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS)
                    .importPackages("io.croft");

    static Stream<String> packages() {
        return ORDER.stream().filter(ArchitectureTest::exists);
    }

    private static boolean exists(String name) {
        return MAIN.stream().anyMatch(c -> isIn(c, name));
    }

    private static boolean isIn(JavaClass type, String name) {
        return (type.getPackageName() + ".").startsWith(ROOT + name + ".");
    }

    @Test
    void knowsEveryPackage() {
        Set<String> unknown = new TreeSet<>();
        MAIN.stream()
                .filter(c -> ORDER.stream().noneMatch(name -> isIn(c, name)))
                .forEach(c -> unknown.add(c.getPackageName()));
        assertEquals(Set.of(), unknown);
        assertTrue(MAIN.size() > 100, "there is something to look at");
    }

    @ParameterizedTest
    @MethodSource("packages")
    void seesOnlyThePackagesAboveIt(String name) {
        String[] hidden =
                ORDER.stream()
                        .filter(other -> !other.equals(name) && isHidden(name, other))
                        .map(other -> ROOT + other + "..")
                        .toArray(String[]::new);
        if (hidden.length > 0) {
            noClasses()
                    .that()
                    .resideInAPackage(ROOT + name + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(hidden)
                    .check(MAIN);
        }
    }

    private static boolean isHidden(String from, String to) {
        boolean later = ORDER.indexOf(to) > ORDER.indexOf(from);
        boolean blind = BLIND.stream().anyMatch(b -> b.from().equals(from) && b.to().contains(to));
        boolean otherAdapter =
                from.startsWith("adapter.")
                        && to.startsWith("adapter.")
                        && (!SHARED_ADAPTERS.contains(to) || SHARED_ADAPTERS.contains(from));
        boolean fileAlone = from.equals("adapter.file");
        boolean wireAboveCore =
                from.equals("adapter.wire") && !to.startsWith("core.") && !to.equals("node.port");
        return later || blind || otherAdapter || fileAlone || wireAboveCore;
    }

    @Test
    void hasNoCyclesBetweenPackages() {
        slices().matching("io.croft.(**)").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void keepsTheCorePure() {
        noClasses()
                .that()
                .resideInAPackage("io.croft.core..")
                .should()
                .dependOnClassesThat(
                        describe("do I/O, wait or run beside", ArchitectureTest::isImpure))
                .check(MAIN);
        noClasses()
                .that()
                .resideInAPackage("io.croft.core..")
                .should()
                .accessTargetWhere(target(describe("is outside", ArchitectureTest::isOutside)))
                .check(MAIN);
    }

    /** Forms of bytes and of literals are arithmetic. */
    private static final Set<String> PURE =
            Set.of(
                    "java.nio.ByteBuffer",
                    "java.nio.charset.StandardCharsets",
                    "java.nio.charset.Charset",
                    "java.net.InetAddress",
                    "java.net.Inet4Address",
                    "java.net.Inet6Address");

    private static boolean isImpure(JavaClass type) {
        String name = type.getName();
        boolean io =
                Stream.of(
                                "java.io.",
                                "java.nio.",
                                "java.net.",
                                "java.util.concurrent.",
                                "java.security.")
                        .anyMatch(name::startsWith);
        return (io && !PURE.contains(name)) || isThread(type) || name.equals("java.time.Clock");
    }

    @Test
    void readsLiteralsInOnePlaceOnly() {
        noClasses()
                .that()
                .resideInAPackage("io.croft.core..")
                .and()
                .doNotHaveFullyQualifiedName("io.croft.core.address.Address")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.net..")
                .check(MAIN);
    }

    /** A clock, randomness or the process. */
    private static boolean isOutside(AccessTarget target) {
        String owner = target.getOwner().getName();
        return owner.equals("java.lang.System") || isClockOrChance(target);
    }

    private static boolean isClockOrChance(AccessTarget target) {
        String owner = target.getOwner().getName();
        String name = target.getName();
        return (owner.startsWith("java.time.") && name.equals("now"))
                || (owner.equals("java.time.Clock") && name.startsWith("system"))
                || (owner.equals("java.lang.System")
                        && (name.equals("nanoTime") || name.equals("currentTimeMillis")))
                || (owner.equals("java.lang.Math") && name.equals("random"))
                || (owner.equals("java.util.UUID") && name.equals("randomUUID"))
                || owner.equals("java.util.Random")
                || owner.equals("java.util.SplittableRandom")
                || owner.equals("java.util.concurrent.ThreadLocalRandom")
                || owner.equals("java.security.SecureRandom")
                || owner.startsWith("java.util.random.");
    }

    @Test
    void readsClocksAndChanceInTheHostAdapterOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.croft.adapter.host..")
                .should()
                .accessTargetWhere(
                        target(describe("is a clock or chance", ArchitectureTest::isClockOrChance)))
                .check(MAIN);
    }

    private static boolean isThread(JavaClass type) {
        return Set.of(
                        "java.lang.Thread",
                        "java.util.Timer",
                        "java.util.concurrent.Executors",
                        "java.util.concurrent.ExecutorService",
                        "java.util.concurrent.ScheduledExecutorService",
                        "java.util.concurrent.ThreadPoolExecutor",
                        "java.util.concurrent.ForkJoinPool")
                .contains(type.getName());
    }

    @Test
    void startsThreadsInTheLoopAdaptersAndAgentOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.croft.node.loop..", "io.croft.adapter..", "io.croft.agent..")
                .should()
                .dependOnClassesThat(describe("are threads", ArchitectureTest::isThread))
                .check(MAIN);
    }

    @Test
    void countsWithMicrometerInTheObserveAdapterOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.croft.adapter.observe..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.micrometer..")
                .check(MAIN);
    }

    @Test
    void neverSleeps() {
        var sleep =
                describe(
                        "sleeps",
                        (AccessTarget t) ->
                                t.getName().equals("sleep")
                                        && Set.of(
                                                        "java.lang.Thread",
                                                        "java.util.concurrent.TimeUnit")
                                                .contains(t.getOwner().getName()));
        noClasses().should().accessTargetWhere(target(sleep)).check(MAIN);
    }

    @Test
    void hasNoMocks() {
        DescribedPredicate<JavaClass> mocks =
                describe(
                        "are mocks",
                        type ->
                                Stream.of("org.mockito.", "org.easymock.", "org.jmock.", "mockit.")
                                                .anyMatch(type.getName()::startsWith)
                                        || type.getName().equals("java.lang.reflect.Proxy"));
        noClasses().should().dependOnClassesThat(mocks).check(TESTS);
    }

    @Test
    void namesThingsByWhatTheyAre() {
        List<String> vague = new ArrayList<>();
        for (JavaClass type : MAIN) {
            if (Stream.of("Manager", "Helper", "Util", "Utils", "Impl")
                    .anyMatch(type.getSimpleName()::endsWith)) {
                vague.add(type.getName());
            }
        }
        assertEquals(List.of(), vague);
    }

    @Test
    void marksEveryPackageAsNullChecked() {
        classes()
                .should(
                        com.tngtech.archunit.lang.conditions.ArchConditions.be(
                                describe(
                                        "in a package that is @NullMarked",
                                        type ->
                                                type.getPackage()
                                                        .isAnnotatedWith(
                                                                "org.jspecify.annotations.NullMarked"))))
                .check(MAIN);
    }
}
