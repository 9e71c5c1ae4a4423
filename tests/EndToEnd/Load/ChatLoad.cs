using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Prism.Tests.Processes;

namespace Prism.Tests.Load;

/// <summary>How a request ended.</summary>
internal enum ChatEnd
{
    Right,
    Wrong,
    Refused,
    Failed,
}

/// <summary>A request, begun at a time since the load began.</summary>
/// <param name="Reason">What went wrong.</param>
internal readonly record struct ChatResult(TimeSpan Begun, ChatEnd End, string? Reason);

/// <summary>
/// Chats at a steady rate, whatever becomes of them, over all silos in turn. As load balancers do, it goes to the next silo where one refuses
/// the connection, and leaves one out that has not answered in time until it says that it is ready. Every prompt is another one, and echo's answer has to be just that.
/// </summary>
internal sealed class ChatLoad : IAsyncDisposable
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(2);

    private readonly ConcurrentQueue<PrismProcess> _silos = new();
    private readonly int _perSecond;
    private readonly long _began = TimeProvider.System.GetTimestamp();
    private readonly ConcurrentBag<ChatResult> _results = [];
    private readonly ConcurrentDictionary<PrismProcess, Task> _leftOut = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _sending;

    private ChatLoad(int perSecond)
    {
        _perSecond = perSecond;
        _sending = SendAsync();
    }

    /// <summary>The time since the load began.</summary>
    public TimeSpan Now => TimeProvider.System.GetElapsedTime(_began);

    /// <summary>So many requests have ended right.</summary>
    public int Right => _results.Count(result => result.End == ChatEnd.Right);

    /// <summary>Begins.</summary>
    /// <param name="silos">Where to; <see cref="AddAsync"/> adds more.</param>
    /// <param name="perSecond">The rate.</param>
    public static async Task<ChatLoad> StartAsync(IEnumerable<PrismProcess> silos, int perSecond)
    {
        var warm = silos.ToList();
        await Task.WhenAll(warm.Select(WarmUpAsync));
        var load = new ChatLoad(perSecond);
        warm.ForEach(load._silos.Enqueue);
        return load;
    }

    /// <summary>Sends to this silo too.</summary>
    public async Task AddAsync(PrismProcess silo)
    {
        await WarmUpAsync(silo);
        _silos.Enqueue(silo);
    }

    /// <summary>Waits until no silo is left out any more.</summary>
    public Task AllBackAsync() => Task.WhenAll(_leftOut.Values);

    /// <summary>Waits until the load has run for so long from now on.</summary>
    public Task RunForAsync(TimeSpan duration)
    {
        var end = Now + duration;
        return Until.TrueAsync("the load has run", duration + TimeSpan.FromSeconds(5), () => Task.FromResult(Now >= end));
    }

    /// <summary>Sends no more, and waits for what is under way.</summary>
    public async Task<IReadOnlyList<ChatResult>> EndAsync()
    {
        await _stop.CancelAsync();
        await _sending;
        return [.. _results.OrderBy(result => result.Begun)];
    }

    /// <summary>What went wrong, second by second.</summary>
    public static string Describe(IEnumerable<ChatResult> results) => string.Join(
        '\n',
        from result in results
        where result.End != ChatEnd.Right
        group result by ((int)result.Begun.TotalSeconds, result.Reason) into same
        select $"{same.Key.Item1} s: {same.Count()} × {same.Key.Reason}");

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _stop.Dispose();
    }

    // A silo's first call of a ledger can take longer than a request waits for it, on a machine that is busy.
    private static Task WarmUpAsync(PrismProcess silo) => Until.TrueAsync($"{silo.Name} is warm", Patience.Limit, async () =>
    {
        using var response = await PostAsync(silo, "Warm up", CancellationToken.None);
        return response.IsSuccessStatusCode;
    });

    private static Task<HttpResponseMessage> PostAsync(PrismProcess silo, string prompt, CancellationToken cancellationToken) =>
        silo.Http.PostAsJsonAsync(
            "/v1/chat?provider=echo", new { messages = new[] { new { role = "user", content = prompt } } }, cancellationToken);

    private async Task SendAsync()
    {
        var underWay = new List<Task>();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!_stop.IsCancellationRequested && await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            while (!_silos.IsEmpty && underWay.Count < Now.TotalSeconds * _perSecond)
            {
                underWay.Add(ChatAsync(underWay.Count));
            }
        }

        await Task.WhenAll(underWay);
    }

    private async Task ChatAsync(int number)
    {
        var begun = Now;
        var candidates = _silos.Where(silo => !_leftOut.ContainsKey(silo)).ToList();
        for (var attempt = 0; attempt < candidates.Count; attempt++)
        {
            var silo = candidates[(number + attempt) % candidates.Count];
            var (end, reason) = await ChatAsync(silo, "Prompt " + number.ToString(CultureInfo.InvariantCulture));
            if (end != ChatEnd.Refused || attempt == candidates.Count - 1)
            {
                _results.Add(new(begun, end, reason));
                return;
            }
        }

        _results.Add(new(begun, ChatEnd.Failed, "no silo left"));
    }

    private async Task LeaveOutAsync(PrismProcess silo)
    {
        await Until.TrueAsync("it is ready again", Patience.Limit, async () => _stop.IsCancellationRequested || await silo.AnswersAsync("/healthz/ready"));
        _leftOut.TryRemove(silo, out _);
    }

    private async Task<(ChatEnd End, string? Reason)> ChatAsync(PrismProcess silo, string prompt)
    {
        using var patience = new CancellationTokenSource(AskTimeout);
        try
        {
            using var response = await PostAsync(silo, prompt, patience.Token);
            var body = await response.Content.ReadFromJsonAsync<JsonElement>(patience.Token);
            return !response.IsSuccessStatusCode ? (ChatEnd.Failed, $"{silo.Name}: {body}")
                : body.GetProperty("content").GetString() == prompt ? (ChatEnd.Right, null)
                : (ChatEnd.Wrong, $"{silo.Name}: {body}");
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return (ChatEnd.Refused, $"{silo.Name}: refused");
        }
        catch (OperationCanceledException)
        {
            _ = _leftOut.GetOrAdd(silo, LeaveOutAsync);
            return (ChatEnd.Failed, $"{silo.Name}: no answer in time");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return (ChatEnd.Failed, $"{silo.Name}: {exception.Message}");
        }
    }
}
