namespace Prism.Bench;

/// <summary>What the cache does not do: a reminder of its own for every entry.</summary>
[Alias("prism.bench.IReminderOfOneGrain")]
public interface IReminderOfOneGrain : IGrainWithStringKey
{
    [Alias("set")]
    Task SetAsync(TimeSpan due);
}

internal sealed class ReminderOfOneGrain : Grain, IReminderOfOneGrain, IRemindable
{
    public Task SetAsync(TimeSpan due) => this.RegisterOrUpdateReminder("expire", due, TimeSpan.FromMinutes(1));

    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;
}
