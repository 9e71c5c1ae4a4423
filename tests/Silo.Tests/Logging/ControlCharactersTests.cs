using System.Globalization;
using Prism.Silo.Logging;
using Serilog;
using Serilog.Formatting;

namespace Prism.Tests.Logging;

/// <summary>What others send must not reach a terminal as anything but text.</summary>
public sealed class ControlCharactersTests
{
    public static TheoryData<char> Controls { get; } =
        ['\u0000', '\u0007', '\u0008', '\u001b', '\u007f', '\u0085', '\u009b', '\u202e', '\u2066'];

    [Theory]
    [MemberData(nameof(Controls))]
    public void None_is_written(char control)
    {
        var text = $"a{control}[31mb";
        var terminal = Write(new TextLineFormatter(), text);
        var json = Write(new JsonLineFormatter(), text);

        Assert.DoesNotContain(control, terminal);
        Assert.DoesNotContain(control, json);
        var escaped = string.Create(CultureInfo.InvariantCulture, $"a\\u{(int)control:x4}[31mb");
        Assert.Equal(2, terminal.Split(escaped).Length - 1);
        using var line = System.Text.Json.JsonDocument.Parse(json);
        Assert.Equal(text, line.RootElement.GetProperty("Text").GetString());
    }

    [Fact]
    public void A_value_begins_no_line_of_its_own_in_a_terminal()
    {
        var terminal = Write(new TextLineFormatter(), "a\r\nforged");

        Assert.Contains("It was a\\u000d\\u000aforged" + Environment.NewLine, terminal, StringComparison.Ordinal);
    }

    private static string Write(ITextFormatter formatter, string text)
    {
        using var output = new LogText();
        using (var sink = new LineSink(output, formatter, new SecretMask([])))
        using (var logger = new LoggerConfiguration().WriteTo.Sink(sink).CreateLogger())
        {
            logger.Warning(new InvalidOperationException(text), "It was {Text}", text);
        }

        return output.ToString();
    }
}
