import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.casbin.jcasbin.main.Enforcer;

/** Asks jCasbin the questions of a file: Ask.java <directory of the bundle> <questions.csv> */
class Ask {
  public static void main(String[] arguments) throws Exception {
    Enforcer enforcer = new Enforcer(arguments[0] + "/model.conf", arguments[0] + "/policy.csv");
    enforcer.enableLog(false);
    List<String> lines = Files.readAllLines(Path.of(arguments[1]));
    int differences = 0;
    for (String line : lines) {
      String[] row = line.split(",");
      boolean allowed = enforcer.enforce(row[0], row[1], row[2], row[3]);
      if (allowed != row[4].equals("true")) {
        differences++;
        System.out.println("differs: " + line);
      }
    }
    System.out.println(lines.size() + " questions, " + differences + " differences");
    System.exit(differences > 0 ? 1 : 0);
  }
}
