package io.croft.adapter.observe;

import java.util.LinkedHashMap;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** What libraries say through java.util.logging, warnings and worse, as lines of the log. */
public final class LogBridge extends Handler {
    private final LogWriter writer;
    private final Formatter formatter = new SimpleFormatter();

    private LogBridge(LogWriter writer) {
        this.writer = writer;
    }

    /** Makes it the only one that hears libraries. */
    public static void install(LogWriter writer) {
        LogManager.getLogManager().reset();
        Logger root = Logger.getLogger("");
        root.setLevel(Level.WARNING);
        root.addHandler(new LogBridge(writer));
    }

    @Override
    public void publish(LogRecord said) {
        if (said.getLevel().intValue() < Level.WARNING.intValue()) {
            return;
        }
        var facts = new LinkedHashMap<String, String>();
        facts.put("logger", String.valueOf(said.getLoggerName()));
        facts.put("message", formatter.formatMessage(said));
        if (said.getThrown() != null) {
            facts.put("thrown", said.getThrown().toString());
        }
        boolean severe = said.getLevel().intValue() >= Level.SEVERE.intValue();
        writer.write(severe ? LogLevel.ERROR : LogLevel.WARN, "library", facts);
    }

    @Override
    public void flush() {
        // The writer flushes each line.
    }

    @Override
    public void close() {
        // The writer belongs to whoever made it.
    }
}
