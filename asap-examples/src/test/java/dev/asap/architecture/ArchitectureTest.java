// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Keeps the structure that {@code docs/architecture.md} draws. It lives in this leaf because only a leaf sees every module.
 */
class ArchitectureTest {
    private static final String CORE = "asap-core";

    /** The arrows of the drawing: what each module may use of ours. Nobody may use a leaf. */
    private static final Map<String, Set<String>> ARROWS = Map.ofEntries(
            Map.entry(CORE, Set.of()),
            Map.entry("asap-testkit", Set.of(CORE)),
            Map.entry("asap-store-memory", Set.of(CORE)),
            Map.entry("asap-store-jdbc", Set.of(CORE)),
            Map.entry("asap-store-sqlite", Set.of(CORE, "asap-store-jdbc")),
            Map.entry("asap-economics", Set.of(CORE)),
            Map.entry("asap-client", Set.of(CORE)),
            Map.entry("asap-failover", Set.of(CORE, "asap-client")),
            Map.entry("asap-server", Set.of(CORE, "asap-economics")),
            Map.entry(
                    "asap-examples",
                    Set.of(
                            CORE,
                            "asap-client",
                            "asap-economics",
                            "asap-failover",
                            "asap-server",
                            "asap-store-memory",
                            "asap-store-sqlite")));

    /** A class of ours comes from a module's build directory, or from its jar there or in a local repository. */
    private static final Pattern LOCATION = Pattern.compile("/(?:dev/asap/)?(asap-[a-z-]+)/(?:target|\\d[^/]*)/");

    private static final List<String> KEPT_OUT_OF_CORE_SIGNATURES =
            List.of("com.fasterxml.jackson.", "okhttp3.", "okio.", "org.eclipse.jetty.", "java.sql.", "javax.sql.");

    private static final DescribedPredicate<JavaClass> IN_CORE =
            DescribedPredicate.describe("are in " + CORE, type -> moduleOf(type).equals(CORE));

    private static JavaClasses ours;

    @BeforeAll
    static void importModules() {
        ours = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.asap");
    }

    @Test
    void everyModuleIsSeen() {
        assertThat(ours.stream().map(ArchitectureTest::moduleOf).distinct())
                .as("modules on the class path of this test; a new one needs its row in ARROWS and a dependency here")
                .containsExactlyInAnyOrderElementsOf(ARROWS.keySet());
    }

    @Test
    void modulesDependOnEachOtherOnlyAsDrawn() {
        classes().should(useOnlyModulesOf(ARROWS)).check(ours);
    }

    @Test
    void internalPackagesAreUsedOnlyFromTheSameModule() {
        classes().should(useNoInternalPackageOfAnotherModule()).check(ours);
    }

    @Test
    void rootPackageDependsOnNoOtherPackageOfOurs() {
        noClasses()
                .that()
                .resideInAPackage("dev.asap")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.asap.*..")
                .allowEmptyShould(true)
                .check(ours);
    }

    @Test
    void packagesOfCoreHaveNoCycles() {
        slices().matching("dev.asap.(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(ours.that(IN_CORE));
    }

    @Test
    void everyPackageIsNullMarked() {
        Set<JavaPackage> packages =
                ours.stream().map(JavaClass::getPackage).collect(Collectors.toCollection(HashSet::new));
        assertThat(packages.stream()
                        .filter(each -> !each.isAnnotatedWith("org.jspecify.annotations.NullMarked"))
                        .map(JavaPackage::getName))
                .as("packages without a package-info.java that says @NullMarked")
                .isEmpty();
    }

    @Test
    void packagesBelongToOneModule() {
        Map<String, Set<String>> modules = ours.stream()
                .collect(Collectors.groupingBy(
                        JavaClass::getPackageName,
                        Collectors.mapping(ArchitectureTest::moduleOf, Collectors.toCollection(TreeSet::new))));
        modules.values().removeIf(each -> each.size() == 1);
        assertThat(modules).as("packages split between modules").isEmpty();
    }

    @Test
    void coreShowsNoTypeOfItsMeans() {
        assertThat(signaturesOfCore()
                        .filter(signature -> signature.namesTypeFrom(KEPT_OUT_OF_CORE_SIGNATURES))
                        .map(Signature::where))
                .as("public signatures of core that show a library or JDBC")
                .isEmpty();
    }

    @Test
    void coreShowsNoUntypedMap() {
        assertThat(signaturesOfCore().filter(Signature::hasUntypedMap).map(Signature::where))
                .as("public signatures of core with a raw Map or a Map of Object: use JsonObject or a record")
                .isEmpty();
    }

    private static String moduleOf(JavaClass type) {
        String location = type.getSource()
                .map(source -> source.getUri().toString())
                .orElseThrow(
                        () -> new IllegalArgumentException(type.getName() + " was not imported from a class file"));
        Matcher matcher = LOCATION.matcher(location);
        if (!matcher.find()) {
            throw new IllegalArgumentException(type.getName() + " comes from no module: " + location);
        }
        return matcher.group(1);
    }

    private static Stream<Dependency> dependenciesOnOtherModules(JavaClass type) {
        return type.getDirectDependenciesFromSelf().stream().filter(dependency -> {
            JavaClass target = dependency.getTargetClass().getBaseComponentType();
            return ours.contain(target.getName()) && !moduleOf(target).equals(moduleOf(type));
        });
    }

    private static ArchCondition<JavaClass> useOnlyModulesOf(Map<String, Set<String>> arrows) {
        return new ArchCondition<>("use only the modules that the drawing allows") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                Set<String> allowed = arrows.getOrDefault(moduleOf(type), Set.of());
                dependenciesOnOtherModules(type)
                        .filter(dependency -> !allowed.contains(
                                moduleOf(dependency.getTargetClass().getBaseComponentType())))
                        .forEach(dependency ->
                                events.add(SimpleConditionEvent.violated(type, dependency.getDescription())));
            }
        };
    }

    private static ArchCondition<JavaClass> useNoInternalPackageOfAnotherModule() {
        return new ArchCondition<>("use no internal package of another module") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                dependenciesOnOtherModules(type)
                        .filter(dependency -> isInternal(dependency
                                .getTargetClass()
                                .getBaseComponentType()
                                .getPackageName()))
                        .forEach(dependency ->
                                events.add(SimpleConditionEvent.violated(type, dependency.getDescription())));
            }
        };
    }

    private static boolean isInternal(String packageName) {
        return Arrays.asList(packageName.split("\\.", -1)).contains("internal");
    }

    private static Stream<Signature> signaturesOfCore() {
        return ours.that(IN_CORE).stream()
                .filter(type -> !isInternal(type.getPackageName()))
                .map(JavaClass::reflect)
                .filter(ArchitectureTest::isVisible)
                .flatMap(ArchitectureTest::signaturesOf);
    }

    /** Whether users can name the type: it and all types around it are public or protected. */
    private static boolean isVisible(Class<?> type) {
        for (Class<?> each = type; each != null; each = each.getEnclosingClass()) {
            if (!isVisible(each.getModifiers()) || each.isAnonymousClass() || each.isLocalClass()) {
                return false;
            }
        }
        return true;
    }

    private static boolean isVisible(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static Stream<Signature> signaturesOf(Class<?> type) {
        Stream<Signature> header = Stream.of(new Signature(
                type.getName(),
                Stream.of(
                                Stream.ofNullable(type.getGenericSuperclass()),
                                Arrays.stream(type.getGenericInterfaces()),
                                Arrays.<Type>stream(type.getTypeParameters()))
                        .flatMap(each -> each)
                        .toList()));
        Stream<Signature> fields = Arrays.stream(type.getDeclaredFields())
                .filter(field -> isVisible(field.getModifiers()) && !field.isSynthetic())
                .map(ArchitectureTest::signatureOf);
        Stream<Signature> executables = Stream.<Executable>concat(
                        Arrays.stream(type.getDeclaredMethods()), Arrays.stream(type.getDeclaredConstructors()))
                .filter(executable -> isVisible(executable.getModifiers()) && !executable.isSynthetic())
                .map(ArchitectureTest::signatureOf);
        return Stream.of(header, fields, executables).flatMap(each -> each);
    }

    private static Signature signatureOf(Field field) {
        return new Signature(field.toGenericString(), List.of(field.getGenericType()));
    }

    private static Signature signatureOf(Executable executable) {
        Stream<Type> result =
                executable instanceof Method method ? Stream.of(method.getGenericReturnType()) : Stream.<Type>empty();
        return new Signature(
                executable.toGenericString(),
                Stream.of(
                                result,
                                Arrays.stream(executable.getGenericParameterTypes()),
                                Arrays.stream(executable.getGenericExceptionTypes()),
                                Arrays.<Type>stream(executable.getTypeParameters()))
                        .flatMap(each -> each)
                        .toList());
    }

    /** What users see of one type, field, method or constructor. */
    private record Signature(String where, List<Type> types) {
        boolean namesTypeFrom(List<String> packagePrefixes) {
            return allTypes().stream()
                    .filter(Class.class::isInstance)
                    .map(type -> ((Class<?>) type).getName())
                    .anyMatch(name -> packagePrefixes.stream().anyMatch(name::startsWith));
        }

        boolean hasUntypedMap() {
            return types.stream().anyMatch(Signature::isRawMap)
                    || allTypes().stream()
                            .filter(ParameterizedType.class::isInstance)
                            .map(ParameterizedType.class::cast)
                            .anyMatch(type -> isMapOfObject(type)
                                    || Arrays.stream(type.getActualTypeArguments())
                                            .anyMatch(Signature::isRawMap));
        }

        private static boolean isRawMap(Type type) {
            return type instanceof Class<?> raw
                    && Map.class.isAssignableFrom(raw)
                    && raw.getTypeParameters().length > 0;
        }

        private static boolean isMapOfObject(ParameterizedType type) {
            return type.getRawType() instanceof Class<?> raw
                    && Map.class.isAssignableFrom(raw)
                    && Arrays.asList(type.getActualTypeArguments()).lastIndexOf(Object.class) == 1;
        }

        private Set<Type> allTypes() {
            Set<Type> found = new HashSet<>();
            types.forEach(type -> collect(type, found));
            return found;
        }

        /** Adds a type and everything it is made of; what was found before is not followed again. */
        private static void collect(Type type, Set<Type> found) {
            if (!found.add(type)) {
                return;
            }
            if (type instanceof ParameterizedType parameterized) {
                collect(parameterized.getRawType(), found);
                collectAll(parameterized.getActualTypeArguments(), found);
            } else if (type instanceof WildcardType wildcard) {
                collectAll(wildcard.getUpperBounds(), found);
                collectAll(wildcard.getLowerBounds(), found);
            } else if (type instanceof TypeVariable<?> variable) {
                collectAll(variable.getBounds(), found);
            } else if (type instanceof GenericArrayType array) {
                collect(array.getGenericComponentType(), found);
            } else if (type instanceof Class<?> raw && raw.isArray()) {
                collect(raw.getComponentType(), found);
            }
        }

        private static void collectAll(Type[] types, Set<Type> found) {
            for (Type type : types) {
                collect(type, found);
            }
        }
    }
}
