using System.Text;
using Prism.Silo.Logging;

namespace Prism.Tests.Logging;

/// <summary>Nothing that logs waits for the output, nothing is lost at the end, and what is lost before is counted.</summary>
public sealed class LineDrainTests
{
    private static readonly SecretMask NoSecrets = new([]);

    [Fact]
    public void Lines_are_written_in_their_order_and_all_of_them_at_the_end()
    {
        using var output = new LogText();
        using (var drain = new LineDrain(output, NoSecrets, DescribeLoss))
        {
            for (var i = 0; i < 10_000; i++)
            {
                drain.Add(Utf8($"{i}\n"), i % 1_000 == 0 ? Urgency.Now : Urgency.Soon);
            }
        }

        Assert.Equal(string.Concat(Enumerable.Range(0, 10_000).Select(i => $"{i}\n")), output.ToString());
    }

    [Fact]
    public async Task An_output_that_is_blocked_stops_nobody_and_what_is_lost_is_counted()
    {
        await using var output = new BlockedOutput();
        var line = new string('x', 1023) + "\n";
        const int room = LineDrain.MostWaiting / 1024;
        using (var drain = new LineDrain(output, NoSecrets, DescribeLoss))
        {
            drain.Add("first\n"u8, Urgency.Now);
            await output.Blocked.WaitAsync(Patience.Limit);
            for (var i = 0; i < room + 7; i++)
            {
                drain.Add(Utf8(line), i % 2 == 0 ? Urgency.Now : Urgency.Soon);
            }

            output.Open();
        }

        var written = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("first", written[0]);
        Assert.Equal(room, written.Count(one => one == line.TrimEnd()));
        Assert.Equal("7 lost", written[^1]);
    }

    [Fact]
    public void A_fatal_line_is_written_when_the_thread_that_logs_it_goes_on()
    {
        using var output = new LogText();
        using var drain = new LineDrain(output, NoSecrets, DescribeLoss);
        drain.Add("before\n"u8, Urgency.Soon);
        drain.Add("fatal\n"u8, Urgency.BeforeTheEnd);
        Assert.Equal("before\nfatal\n", output.ToString());
    }

    [Fact]
    public void An_output_that_fails_ends_nothing()
    {
        using var output = new LogText();
        output.Dispose();
        using var drain = new LineDrain(output, NoSecrets, DescribeLoss);
        drain.Add("lost\n"u8, Urgency.BeforeTheEnd);
        drain.Add("lost too\n"u8, Urgency.BeforeTheEnd);
    }

    private static byte[] DescribeLoss(long count) => Utf8($"{count} lost\n");

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
