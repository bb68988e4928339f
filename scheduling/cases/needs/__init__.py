"""Who needs somebody, by subject: people, meetings, certificates, agreements. Each asks the record, none stores."""
