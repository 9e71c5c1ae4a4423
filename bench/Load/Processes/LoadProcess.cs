using System.Text.Json;
using Prism.Bench.Generator;

namespace Prism.Bench.Processes;

/// <summary>The load generator, as the bench uses it.</summary>
internal sealed class LoadProcess(ServerProcess process) : IAsyncDisposable
{
    /// <summary>Lets the generator execute a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="onBegin">Called at the start of the measured interval.</param>
    /// <param name="onEnd">Called at the end of the interval, before the connections are closed.</param>
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
