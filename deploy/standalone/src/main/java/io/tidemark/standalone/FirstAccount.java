package io.tidemark.standalone;

import java.util.function.Consumer;

/** Says the first admin's password, this once: nothing keeps it. */
final class FirstAccount {
  private FirstAccount() {}

  static void tell(Services services, Consumer<String> say) {
    services
        .firstAccount()
        .ifPresent(first ->
            say.accept(
                "first user "
                    + first.name()
                    + " with password "
                    + first.password()
                    + " (shown this once: log in and change it)"));
  }
}
