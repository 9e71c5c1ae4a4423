using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Prism.Tests.Processes;

namespace Prism.Tests.Limits;

/// <summary>Chats at a steady rate that do not go to all silos alike. Nothing is sent again, and a silo that is not there is a failure.</summary>
/// <param name="askTimeout">How long a request may take; null where no silo freezes and each has to be answered.</param>
internal sealed class SkewedLoad(TimeSpan? askTimeout = null)
{
    /// <summary>For tests in which a silo freezes: it must not hold the load up.</summary>
    public static readonly TimeSpan OfFrozenSilo = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, int> _ends = new();

    /// <summary>How many requests ended how: by status, or why there was none.</summary>
    public IReadOnlyDictionary<string, int> Ends => _ends;

    /// <summary>How many requests were sent.</summary>
    public int Sent { get; private set; }

    /// <summary>How many were answered.</summary>
    public int Answered => _ends.GetValueOrDefault(nameof(HttpStatusCode.OK));

    /// <summary>Sends for so long.</summary>
    /// <param name="silos">Asked anew for each request.</param>
    /// <param name="shares">The share of each silo.</param>
    /// <param name="perSecond">The rate.</param>
    /// <param name="duration">For how long.</param>
    public async Task RunAsync(Func<IReadOnlyList<PrismProcess>> silos, double[] shares, double perSecond, TimeSpan duration)
    {
        var (began, sent, underWay) = (TimeProvider.System.GetTimestamp(), 0, new List<Task>());
        var debts = new double[shares.Length];
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (TimeProvider.System.GetElapsedTime(began) is var now && now < duration)
        {
            for (; sent < now.TotalSeconds * perSecond; sent++)
            {
                underWay.Add(ChatAsync(silos()[Next(debts, shares)]));
            }

            await timer.WaitForNextTickAsync();
        }

        Sent += sent;
        await Task.WhenAll(underWay);
    }

    /// <summary>Sends one. Returns whether it was answered.</summary>
    public async Task<bool> TryAsync(PrismProcess silo) => await ChatAsync(silo) == nameof(HttpStatusCode.OK);

    // The silo that is furthest behind its share.
    private static int Next(double[] debts, double[] shares)
    {
        for (var i = 0; i < shares.Length; i++)
        {
            debts[i] += shares[i];
        }

        var next = Array.IndexOf(debts, debts.Max());
        debts[next]--;
        return next;
    }

    private async Task<string> ChatAsync(PrismProcess silo)
    {
        using var patience = new CancellationTokenSource(askTimeout ?? Patience.Limit);
        string end;
        try
        {
            using var response = await silo.Http.PostAsJsonAsync(
                "/v1/chat", new { max_tokens = MeteredUpstream.MostTokens, messages = new[] { new { role = "user", content = "Hi" } } }, patience.Token);
            end = response.StatusCode.ToString();
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            end = exception.GetType().Name;
        }

        _ends.AddOrUpdate(end, 1, (_, count) => count + 1);
        return end;
    }
}
