using Orleans.Storage;
using Prism.Grains.Background;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Usage;
using Prism.Grains.Usage;

namespace Prism.Tests.Usage;

/// <summary>One account and the silos that use it; what happens next is drawn. Each silo has a model of its own, so that its share is known.</summary>
internal sealed class UsageWorld(int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<Silo> _silos = [];
    private readonly List<Activation> _activations = [];
    private readonly List<(Silo Silo, UsageAccount Account, UsageReport Report)> _onTheirWay = [];
    private readonly List<(Silo Silo, UsageAccount Account, UsageReport Report, Task Answer)> _asked = [];
    private readonly Storage _storage = new();
    private bool _isHealed;

    public void Run(int steps)
    {
        _activations.Add(new(_storage));
        for (var i = 0; i < 3; i++)
        {
            _silos.Add(new(i));
        }

        for (var i = 0; i < steps; i++)
        {
            Step();
        }

        Heal();
        foreach (var silo in _silos)
        {
            Check(silo);
        }
    }

    private void Step()
    {
        switch (_random.Next(20))
        {
            case < 6:
                Pick(Living).Use(_random.Next(1, 4));
                break;
            case < 10:
                Send(Pick(Living));
                break;
            case < 14:
                Deliver();
                break;
            case < 18:
                FinishWrite();
                break;
            case 18:
                // The old one may not know, and goes on.
                _activations.Add(new(_storage));
                break;
            default:
                if (_random.Next(5) == 0)
                {
                    Pick(Living).IsDead = true;
                    _silos.Add(new(_silos.Count));
                }

                break;
        }

        TakeAnswers();
    }

    private List<Silo> Living => [.. _silos.Where(silo => !silo.IsDead)];

    private void Send(Silo silo) => _onTheirWay.AddRange(silo.Book.GetDue().Select(due => (silo, due.Account, due.Report)));

    private void Deliver()
    {
        if (_onTheirWay.Count == 0)
        {
            return;
        }

        var at = _random.Next(_onTheirWay.Count);
        var (silo, account, report) = _onTheirWay[at];
        if (_isHealed || _random.Next(3) > 0)
        {
            // Else it stays, to come once more and late.
            _onTheirWay.RemoveAt(at);
        }

        var activation = _isHealed ? _activations[^1] : Pick(_activations);
        _asked.Add((silo, account, report, activation.Usage.ChangeAsync(
            usage => UsageAggregate.Apply(usage, report, DateTimeOffset.UnixEpoch, (_, _) => false))));
    }

    private void FinishWrite()
    {
        if (_activations.Where(activation => activation.View.Pending is not null).ToList() is { Count: > 0 } writing)
        {
            Pick(writing).View.Finish(_isHealed ? 0 : _random.Next(5));
        }
    }

    private void TakeAnswers()
    {
        foreach (var (silo, account, report, _) in _asked.Where(one => one.Answer.IsCompletedSuccessfully).ToList())
        {
            if (!silo.IsDead && (_isHealed || _random.Next(3) > 0))
            {
                silo.OnTaken(account, report);
            }
        }

        _asked.RemoveAll(one => one.Answer.IsCompleted);
        if (_activations.Count > 1)
        {
            _activations.RemoveAll(activation => activation.HasFailed && activation.View.Pending is null && activation != _activations[^1]);
        }
    }

    private void Heal()
    {
        _isHealed = true;
        while (_activations.Any(activation => activation.View.Pending is not null))
        {
            FinishWrite();
        }

        _activations.Add(new(_storage));
        for (var i = 0; i < 3 || Living.Any(silo => !silo.Book.IsEmpty); i++)
        {
            Assert.True(i < 1000, $"Seed {seed}: it does not come to an end.");
            Living.ForEach(Send);
            while (_onTheirWay.Count > 0)
            {
                Deliver();
                FinishWrite();
                TakeAnswers();
            }
        }
    }

    private void Check(Silo silo)
    {
        var stored = _storage.State.Entries.SingleOrDefault(entry => entry.Line.Model == silo.Model).Sums;
        if (silo.IsDead)
        {
            Assert.True(stored == silo.Taken || stored == silo.Taken + silo.Unanswered, $"Seed {seed}: {silo.Model} has {stored.Requests}.");
        }
        else
        {
            Assert.True(stored == silo.Used && stored == silo.Taken, $"Seed {seed}: {silo.Model} used {silo.Used.Requests} and has {stored.Requests}.");
        }
    }

    private T Pick<T>(List<T> some) => some[_random.Next(some.Count)];

    private sealed class Silo(int number)
    {
        public string Model => $"silo-{number}";

        public UsageBuffer Book { get; } = new($"10.0.0.{number}:1@1");

        public bool IsDead { get; set; }

        public UsageSums Used { get; private set; }

        public UsageSums Taken { get; private set; }

        public UsageSums Unanswered => Sum(Book.GetDue().SingleOrDefault().Report);

        public void Use(int tokens)
        {
            var sums = UsageSums.Of(ChatUsage.Of(tokens, tokens) with { CostUsd = tokens * 0.0000001m });
            Used += sums;
            Book.Add("owner", new(new(2026, 1, 2), "p", Model), sums);
        }

        public void OnTaken(UsageAccount account, UsageReport report)
        {
            // An answer to what was answered before says nothing new.
            if (Book.GetDue().Any(due => due.Report == report))
            {
                Taken += Sum(report);
                Book.OnTaken(account, report);
            }
        }

        private static UsageSums Sum(UsageReport? report) => report?.Entries.Aggregate(default(UsageSums), (sums, entry) => sums + entry.Sums) ?? default;
    }

    private sealed class Activation
    {
        public Activation(Storage storage)
        {
            View = new(storage);
            Usage = new(View, () => HasFailed = true);
            Usage.Load();
        }

        public View View { get; }

        public SharedWrites<UsageState> Usage { get; }

        public bool HasFailed { get; private set; }
    }

    private sealed class Storage
    {
        public UsageState State { get; set; } = new();

        public int Etag { get; set; }
    }

    private sealed class View(Storage storage) : IPersistentState<UsageState>
    {
        private int _etag = storage.Etag;

        public UsageState State { get; set; } = storage.State;

        public string Etag => "";

        public bool RecordExists => true;

        public TaskCompletionSource? Pending { get; private set; }

        public Task WriteStateAsync()
        {
            Pending = new();
            return Pending.Task;
        }

        /// <param name="fate">3: it does not reach the storage; 4: its answer is lost.</param>
        public void Finish(int fate)
        {
            var (write, state) = (Pending!, State);
            Pending = null;
            if (_etag != storage.Etag)
            {
                write.SetException(new InconsistentStateException("Somebody else has written."));
                return;
            }

            if (fate != 3)
            {
                (storage.State, storage.Etag) = (state, storage.Etag + 1);
            }

            if (fate >= 3)
            {
                write.SetException(new IOException("The write failed, or its answer was lost."));
                return;
            }

            _etag = storage.Etag;
            write.SetResult();
        }

        public Task ReadStateAsync() => throw new NotSupportedException();

        public Task ClearStateAsync() => throw new NotSupportedException();
    }
}
