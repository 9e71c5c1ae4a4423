using System.Text.Json;
using Prism.Bench.Generator;

namespace Prism.Bench.Processes;

/// <summary>The load generator, seen from the bench.</summary>
internal sealed class LoadProcess(ServerProcess process) : IAsyncDisposable
{
    /// <summary>Has a plan executed.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="onBegin">Called when it begins to count.</param>
    /// <param name="onEnd">Called when it no longer does; the connections are still there.</param>
    /// <exception cref="InvalidOperationException">The generator has ended.</exception>
    public async Task<LoadResult> ExecuteAsync(LoadPlan plan, Action onBegin, Action onEnd)
    {
        await process.Input.WriteLineAsync(JsonSerializer.Serialize(plan, LoadJson.Default.LoadPlan));
        await process.Input.FlushAsync();
        await ReadAsync();
        onBegin();
        var result = await ReadAsync();
        onEnd();
        return JsonSerializer.Deserialize(result, LoadJson.Default.LoadResult)!;
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private async Task<string> ReadAsync() =>
        await process.Output.ReadLineAsync() ?? throw new InvalidOperationException("The load generator has ended.");
}
