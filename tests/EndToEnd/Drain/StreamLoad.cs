using System.Collections.Concurrent;

namespace Prism.Tests.Drain;

/// <summary>Streams of echo at a steady rate, over whichever silos a balancer chooses. Every other one is long.</summary>
internal sealed class StreamLoad : IAsyncDisposable
{
    // One word per ECHO_DELAY_MS: with 200 ms a long one takes 3 s.
    private const int Words = 15;

    private readonly Balancer _balancer;
    private readonly ConcurrentBag<(string Text, StreamEnd End)> _ends = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _sending;

    private readonly string[] _keys;

    private StreamLoad(Balancer balancer, int perSecond, string[] keys)
    {
        (_balancer, _keys) = (balancer, keys);
        _sending = SendAsync(perSecond);
    }

    /// <summary>Starts it.</summary>
    /// <param name="balancer">Who chooses the silo.</param>
    /// <param name="perSecond">How many streams begin in a second.</param>
    /// <param name="keys">The API keys that they ask with in turn; with none, as the silo's own client does.</param>
    public static StreamLoad Start(Balancer balancer, int perSecond, params string[] keys) => new(balancer, perSecond, keys);

    /// <summary>A prompt of so many words.</summary>
    public static string TextOf(int words, int number) => string.Join(' ', Enumerable.Repeat($"word{number}", words));

    /// <summary>That each stream was answered with its own text, whole.</summary>
    public static void AssertAllWhole(IReadOnlyList<(string Text, StreamEnd End)> ends)
    {
        var wrong = ends.Where(one => one is not { End: { Status: 200, IsDone: true, Error: null, Failure: null } } || one.End.Text != one.Text).ToList();
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {ends.Count}: {string.Join('\n', wrong.Take(5))}");
    }

    /// <summary>Sends no more, and waits for what is under way.</summary>
    public async Task<IReadOnlyList<(string Text, StreamEnd End)>> EndAsync()
    {
        await _stop.CancelAsync();
        await _sending;
        return [.. _ends];
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _stop.Dispose();
    }

    private async Task SendAsync(int perSecond)
    {
        var underWay = new List<Task>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / perSecond));
        while (!_stop.IsCancellationRequested)
        {
            var key = _keys is [] ? null : _keys[underWay.Count % _keys.Length];
            underWay.Add(ReadAsync(TextOf(underWay.Count % 2 == 0 ? Words : 1, underWay.Count), key));
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }

        await Task.WhenAll(underWay);
    }

    private async Task ReadAsync(string text, string? key) => _ends.Add((text, await StreamEnd.ReadAsync(_balancer.Next(), text, key)));
}
