/** Contract suites for every store interface, and other means of testing. */
module dev.asap.testkit {
    requires transitive dev.asap.core;
    requires transitive org.junit.jupiter.api;
    requires org.assertj.core;
    requires static transitive org.jspecify;

    exports dev.asap.testkit;
}
