using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Prism.Tests.Chains;

/// <summary>Reads a run's events as an <c>EventSource</c> does that loses its connection again and again, in the middle of an event too.</summary>
internal sealed class EventReading(ApiClient client, string path)
{
    private readonly List<RunEvent> _events = [];

    /// <summary>All events, to the last.</summary>
    /// <param name="nextBreak">Says after how many lines a connection breaks. Null: never.</param>
    public async Task<IReadOnlyList<RunEvent>> ReadAsync(Func<int>? nextBreak = null)
    {
        while (_events is not [.., { IsLast: true }])
        {
            using var response = await client.WatchAsync(path, _events.Count == 0 ? 0 : _events[^1].Id);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            try
            {
                using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
                await ReadSomeAsync(lines, nextBreak?.Invoke() ?? int.MaxValue);
            }
            catch (Exception exception) when (exception is IOException or HttpRequestException)
            {
                // Its silo is dead.
            }
        }

        return _events;
    }

    // What counts is an event that is whole: the line after it is empty.
    private async Task ReadSomeAsync(StreamReader lines, int most)
    {
        var fields = new Dictionary<string, string>();
        for (var i = 0; i < most && await lines.ReadLineAsync() is { } line; i++)
        {
            if (line.Length > 0)
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                fields[line[..colon]] = line[(colon + 1)..].TrimStart();
            }
            else if (fields.Remove("data", out var data))
            {
                _events.Add(new(int.Parse(fields["id"], CultureInfo.InvariantCulture), fields["event"], JsonElement.Parse(data)));
            }
        }
    }
}
